import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { answerOf, CloudinaryAnswer } from './cloudinary-errors.js';
import type { CloudinaryPlace } from './cloudinary-place.types.js';

/** Files of any kind, and delivered to nobody without a signature. */
const kept = { resource_type: 'raw', type: 'authenticated' } as const;

/** What Cloudinary says of an object. */
export interface Resource {
  public_id: string;
  bytes: number;
  created_at: string;
  tags?: string[];
}

/** Of an upload, or of its last chunk. */
export interface Uploaded extends Resource {
  secure_url?: string;
  etag?: string;
}

/** A chunk as the upload API wants it: its place in the whole, whose length is -1 until it is known. */
export interface Chunk {
  bytes: Buffer;
  start: number;
  total: number;
  uploadId: string;
}

/** The SDK's calls, as we make them. It is loaded when first asked for. They throw what the SDK throws: cloudinary-errors.ts. */
export class CloudinaryApi {
  readonly #shared: Agent | HttpAgent;

  constructor(private readonly place: CloudinaryPlace) {
    this.#shared = this.agent();
  }

  /** Connections that end all at once; for the scheme of the address, which the SDK chooses by its global settings. */
  agent(): Agent | HttpAgent {
    const options = { keepAlive: true };
    return this.place.api?.startsWith('http:') ? new HttpAgent(options) : new Agent(options);
  }

  async resource(publicId: string): Promise<Resource> {
    const { api } = await this.#sdk();
    return (await api.resource(publicId, this.#options())) as Resource;
  }

  async page(
    prefix: string,
    cursor: string | undefined,
  ): Promise<{ resources: Resource[]; next_cursor?: string }> {
    const { api } = await this.#sdk();
    const options = { prefix, max_results: this.place.pageSize, tags: true, next_cursor: cursor };
    return (await api.resources({ ...this.#options(), ...options })) as {
      resources: Resource[];
      next_cursor?: string;
    };
  }

  async destroy(publicId: string): Promise<void> {
    const { uploader } = await this.#sdk();
    await uploader.destroy(publicId, { ...this.#options(), invalidate: true });
  }

  /** `chunk.total` of an object that is its only chunk is its length. Null for a chunk that is not the last one. */
  async upload(
    publicId: string,
    chunk: Chunk,
    { agent, tags }: { agent: Agent | HttpAgent; tags: string[] },
  ): Promise<Uploaded | null> {
    const { uploader } = await this.#sdk();
    const { bytes, start, total, uploadId } = chunk;
    const isWhole = start === 0 && total === bytes.length;
    const options = {
      ...this.#options(),
      agent,
      public_id: publicId,
      overwrite: true,
      invalidate: true,
      disable_promises: true,
      ...(tags.length > 0 && { tags }),
      ...(!isWhole && {
        content_range: `bytes ${start}-${start + bytes.length - 1}/${total}`,
        x_unique_upload_id: uploadId,
      }),
    };
    const answer = await new Promise<Uploaded & { done?: boolean; error?: unknown }>((resolve) => {
      uploader.upload_stream(options, (error, result) => resolve({ ...result, error } as never)).end(bytes);
    });
    if (answer.error) {
      const { status, message } = answerOf(answer.error);
      throw new CloudinaryAnswer(status, message, answer.error);
    }
    return answer.done === false ? null : answer;
  }

  /** An address of the API, signed; until when in seconds since 1970. */
  async downloadUrl(publicId: string, until: number, asAttachment: boolean): Promise<string> {
    const { utils } = await this.#sdk();
    const options = { ...this.#options(), expires_at: until, attachment: asAttachment };
    // The format is a part of a raw file's id.
    return utils.private_download_url(publicId, '', options);
  }

  /** With each call, and never as the SDK's own settings: those are global, and it shows them in its errors. */
  #options() {
    const { cloud, apiKey, apiSecret, api, stallMs } = this.place;
    return {
      ...kept,
      cloud_name: cloud,
      api_key: apiKey,
      api_secret: apiSecret,
      timeout: stallMs,
      agent: this.#shared,
      ...(api !== null && { upload_prefix: api }),
    };
  }

  async #sdk() {
    const { v2 } = await import('cloudinary');
    return v2;
  }
}
