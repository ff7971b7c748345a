import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

export interface UploadUnderWay {
  id: string;
  key: string;
  begun: Date;
}

/** Multipart uploads that s3rver has begun: it can neither list nor abort them, but they are folders of its. */
export class Uploads {
  constructor(private readonly folder: string) {}

  async list(bucket: string): Promise<UploadUnderWay[]> {
    const root = this.#root(bucket);
    const ids = await readdir(root).catch(() => []);
    return Promise.all(
      ids.map(async (id) => ({
        id,
        // A part that arrived after the end of its upload has only a folder.
        key: await readFile(join(root, id, 'key'), 'utf8').catch(() => 'of nobody'),
        begun: (await stat(join(root, id))).mtime,
      })),
    );
  }

  async listing(bucket: string, prefix: string): Promise<string> {
    const uploads = (await this.list(bucket)).filter(({ key }) => key.startsWith(prefix));
    const entries = uploads.map(
      ({ id, key, begun }) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`,
    );
    return `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${entries.join('')}</ListMultipartUploadsResult>`;
  }

  async has(bucket: string, id: string): Promise<boolean> {
    const ids: string[] = await readdir(this.#root(bucket)).catch(() => []);
    return ids.includes(id);
  }

  abort(bucket: string, id: string): Promise<void> {
    return rm(join(this.#root(bucket), id), { recursive: true });
  }

  /** As if those that are under way had begun then. */
  async backdate(bucket: string, begun: Date): Promise<void> {
    for (const { id } of await this.list(bucket)) await utimes(join(this.#root(bucket), id), begun, begun);
  }

  #root(bucket: string): string {
    return join(this.folder, bucket, '._S3rver_uploads');
  }
}
