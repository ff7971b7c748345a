import { createHash } from 'node:crypto';
import { shortId } from '../../common/random.js';
import type { ObjectContent, PutOptions } from '../object-store.types.js';
import { cancelled } from '../place-error.js';
import { PutSource } from '../put-source.js';
import { retried } from '../retry/backoff.js';
import type { CloudinaryApi, Uploaded } from './cloudinary-api.js';

/** Cloudinary wants more than 5 MB of each but the last one. Memory: one of them, and what the SDK copies of it. */
const chunkBytes = 8 * 1024 * 1024;

/** The SDK sends each once. */
const perChunk = { attempts: 4, firstWaitMs: 500, longestWaitMs: 4_000 };

/** Cloudinary takes no empty file: in its place stands this, with a tag that says so. */
export const emptyTag = 'holdfast-empty';
export const emptyBytes = Buffer.from('holdfast: an empty file\n');

export interface SentObject {
  bytes: number;
  sha256: string;
  md5: string;
  uploaded: Uploaded;
}

/**
 * Sends an object, in chunks one after the other when it is larger than one. It shows when the last one has arrived; those of
 * an upload that was broken off are Cloudinary's to remove. Throws what the SDK throws, what became of the source, or
 * DomainError `cancelled`.
 */
export async function uploadChunks(
  api: CloudinaryApi,
  publicId: string,
  content: ObjectContent,
  { signal, onBytes }: PutOptions,
  meaningOf: (error: unknown) => unknown,
): Promise<SentObject> {
  const source = await PutSource.open(content, signal);
  const agent = api.agent();
  const end = () => agent.destroy();
  signal?.addEventListener('abort', end);
  const md5 = createHash('md5');
  const uploadId = shortId();
  let start = 0;
  let uploaded: Uploaded | null = null;
  try {
    for await (const { bytes, isLast } of source.parts(chunkBytes, 1)) {
      md5.update(bytes);
      const total = isLast ? start + bytes.length : -1;
      const isEmpty = total === 0;
      const chunk = isEmpty
        ? { bytes: emptyBytes, start, total: emptyBytes.length, uploadId }
        : { bytes, start, total, uploadId };
      const send = () =>
        api.upload(publicId, chunk, { agent, tags: isEmpty ? [emptyTag] : [] }).catch((error: unknown) => {
          throw signal?.aborted ? cancelled(error) : meaningOf(error);
        });
      uploaded = await retried(perChunk, send, signal);
      start += bytes.length;
      onBytes?.(bytes.length);
    }
    if (!uploaded) throw new Error('Cloudinary did not say what became of the last chunk.');
    return { ...source.sent(), md5: md5.digest('hex'), uploaded };
  } catch (error) {
    source.close();
    throw source.reasonOf(error);
  } finally {
    signal?.removeEventListener('abort', end);
    agent.destroy();
  }
}
