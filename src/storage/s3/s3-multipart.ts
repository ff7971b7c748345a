import type { CompletedPart, PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { setTimeout } from 'node:timers/promises';
import type { Part } from '../parts.js';

export type S3Target = Pick<PutObjectCommandInput, 'ObjectLockMode' | 'ObjectLockRetainUntilDate'> & {
  Bucket: string;
  Key: string;
};

export const contentType = 'application/octet-stream';

/** Of an answer to a request to abandon: a part that was under way may arrive after it, and has to be removed, too. */
const againAfterMs = [200, 2_000];

/**
 * An object that is sent in parts; begun with the first. All but `abandon` throw what the SDK throws.
 *
 * The SDK's own lib-storage would do so as well, but with new buffers for each part (see `partsOf`), and without an end to
 * what is under way when a put is cancelled.
 */
export class MultipartUpload {
  #id: Promise<string | undefined> | undefined;

  /** @param signal ends the requests that are under way */
  constructor(
    private readonly client: S3Client,
    private readonly target: S3Target,
    private readonly signal: AbortSignal,
  ) {}

  get isBegun(): boolean {
    return this.#id !== undefined;
  }

  async send({ number, bytes }: Part): Promise<CompletedPart> {
    const { UploadPartCommand } = await import('@aws-sdk/client-s3');
    const upload = await this.#upload();
    const command = new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes });
    const { ETag, ChecksumCRC32 } = await this.client.send(command, { abortSignal: this.signal });
    return { PartNumber: number, ETag, ChecksumCRC32 };
  }

  /** Makes an object of its parts, in their order. Returns its tag. */
  async complete(Parts: CompletedPart[]): Promise<string | undefined> {
    const { CompleteMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    const command = new CompleteMultipartUploadCommand({
      ...(await this.#upload()),
      MultipartUpload: { Parts },
    });
    return (await this.client.send(command, { abortSignal: this.signal })).ETag;
  }

  /** Parts that nobody completes cost money for ever. When this fails, `sweep` comes after it. */
  async abandon(): Promise<void> {
    if (!this.isBegun) return;
    const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    try {
      const upload = await this.#upload();
      await this.client.send(new AbortMultipartUploadCommand(upload));
      for (const ms of againAfterMs) {
        await setTimeout(ms);
        await this.client.send(new AbortMultipartUploadCommand(upload));
      }
    } catch {
      // There is no such upload any more; or the place is away, and its caller hears of that from the put itself.
    }
  }

  async #upload() {
    this.#id ??= this.#begin();
    const { Bucket, Key } = this.target;
    return { Bucket, Key, UploadId: await this.#id };
  }

  /** Not ended by the signal: whoever does not hear the answer cannot name the upload that it began. */
  async #begin(): Promise<string | undefined> {
    const { CreateMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    const command = new CreateMultipartUploadCommand({
      ...this.target,
      ContentType: contentType,
      ChecksumAlgorithm: 'CRC32',
    });
    return (await this.client.send(command)).UploadId;
  }
}
