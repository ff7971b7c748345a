import { createHash } from 'node:crypto';

/** Smaller ones are refused, but for the last. */
const smallestChunk = 5_000_001;

/** Uploads that arrive in chunks, by their ids. */
export class Chunks {
  readonly #uploads = new Map<string, Buffer[]>();

  /** The whole once its last chunk is there, null before; throws what is wrong with a chunk. */
  take(id: string | undefined, range: string, chunk: Buffer): Buffer | null {
    const found = /^bytes (\d+)-(\d+)\/(-1|\d+)$/.exec(range);
    if (!id) throw new Error('Missing X-Unique-Upload-Id');
    if (!found) throw new Error('Invalid Content-Range');
    const [start, end, total] = found.slice(1).map(Number) as [number, number, number];
    const chunks = this.#uploads.get(id) ?? [];
    const before = chunks.reduce((sum, { length }) => sum + length, 0);
    const isAgain = start === before - (chunks.at(-1)?.length ?? 0) && end + 1 === before && total === -1;
    if (isAgain) chunks.pop();
    else if (start !== before) throw new Error(`Chunk begins at ${start} instead of ${before}`);
    if (end - start + 1 !== chunk.length) throw new Error('Content-Range does not fit the chunk');
    if (total === -1 && chunk.length < smallestChunk)
      throw new Error('All parts except EOF-chunk must be larger than 5mb');
    if (total !== -1 && total !== end + 1) throw new Error('Content-Range does not fit the whole');
    this.#uploads.set(id, [...chunks, chunk]);
    if (total === -1) return null;
    this.#uploads.delete(id);
    return Buffer.concat([...chunks, chunk]);
  }
}

export function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
