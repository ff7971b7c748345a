import type { CompletedPart } from '@aws-sdk/client-s3';
import { mapAtOnce } from '../../common/at-once.js';
import type { ObjectContent, PutOptions } from '../object-store.types.js';
import type { Part } from '../parts.js';
import { PutSource } from '../put-source.js';
import type { S3Clients } from './s3-clients.js';
import { contentType, MultipartUpload, type S3Target } from './s3-multipart.js';

const megabyte = 1024 * 1024;
const smallestPart = 8 * megabyte;
/** S3 takes 10 000; so many grow a little when the source is asked twice. */
const mostParts = 9_000;
/** Parts that are under way at once; the next one is read when the older of them has been sent. Memory: as many. */
const partsAtOnce = 2;

/** Bytes of a part: 8 MB up to 70 GB, and a 9000th beyond. Of what nobody knows the length of, 16 MB: up to 160 GB. */
export function partSizeOf(bytes: number | null): number {
  if (bytes === null) return 2 * smallestPart;
  return Math.max(smallestPart, Math.ceil(bytes / mostParts / megabyte) * megabyte);
}

/**
 * Sends an object, in parts when it is larger than one. The server compares each with the SHA-256 that is signed and with
 * its CRC32. Throws what the SDK throws, what became of the source, or DomainError `cancelled`; then no part is left.
 */
export async function uploadObject(
  clients: S3Clients,
  target: S3Target,
  content: ObjectContent,
  { signal, onBytes = () => undefined }: PutOptions,
): Promise<{ bytes: number; sha256: string; etag: string | undefined }> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const client = await clients.forUpload(() => onBytes(0));
  const source = await PutSource.open(content, signal);
  const failed = new AbortController();
  const abortSignal = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  // A source that fails ends the parts that are under way, too.
  source.body.once('error', (error) => failed.abort(error));
  const upload = new MultipartUpload(client, target, abortSignal);

  const putWhole = ({ bytes }: Part): Promise<CompletedPart> =>
    client.send(new PutObjectCommand({ ...target, ContentType: contentType, Body: bytes }), { abortSignal });
  const send = async (part: Part) => {
    try {
      const isWhole = part.number === 1 && part.isLast;
      const sent = await (isWhole ? putWhole(part) : upload.send(part));
      onBytes(part.bytes.length);
      return sent;
    } catch (error) {
      // Ends the other part, and the wait for the source.
      failed.abort(error);
      source.close();
      throw error;
    }
  };
  try {
    const parts = source.parts(partSizeOf(content.bytes), partsAtOnce);
    const sent: CompletedPart[] = [];
    for await (const part of mapAtOnce(parts, partsAtOnce, send)) sent.push(part);
    const etag = upload.isBegun ? await upload.complete(sent) : sent[0]?.ETag;
    return { ...source.sent(), etag };
  } catch (error) {
    source.close();
    await upload.abandon();
    // What came of the end of the others may be told first.
    throw source.reasonOf(failed.signal.aborted ? failed.signal.reason : error);
  }
}
