import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { setTimeout } from 'node:timers/promises';
import type { ObjectContent, PutOptions } from '../object-store.types.js';
import { PutSource } from '../put-source.js';
import type { S3Clients } from './s3-clients.js';

const megabyte = 1024 * 1024;
const smallestPart = 8 * megabyte;
/** S3 takes 10 000; so many grow a little when the source is asked twice. */
const mostParts = 9_000;
/** Parts that are under way at once. Memory: one more than that, since the next one is read meanwhile. */
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
  target: Pick<PutObjectCommandInput, 'ObjectLockMode' | 'ObjectLockRetainUntilDate'> & {
    Bucket: string;
    Key: string;
  },
  content: ObjectContent,
  { signal, onBytes }: PutOptions,
): Promise<{ bytes: number; sha256: string; etag: string | undefined }> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const source = await PutSource.open(content, signal);
  const client = await clients.forUpload(signal ?? new AbortController().signal, () => onBytes?.(0));
  const begun = uploadsOf(client);
  const upload = new Upload({
    client,
    params: { ...target, Body: source.body, ContentType: 'application/octet-stream' },
    partSize: partSizeOf(content.bytes),
    queueSize: partsAtOnce,
  });
  let told = 0;
  upload.on('httpUploadProgress', ({ loaded = 0 }) => {
    onBytes?.(loaded - told);
    told = loaded;
  });
  try {
    const { ETag: etag } = await upload.done();
    return { ...source.sent(), etag };
  } catch (error) {
    source.close();
    for (const UploadId of begun) await abandonUpload(await clients.ordinary(), { ...target, UploadId });
    throw source.reasonOf(error);
  }
}

/** The ids of the uploads that `client` begins. */
function uploadsOf(client: S3Client): Set<string> {
  const begun = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { UploadId } = result.output as { UploadId?: string };
        if (commandName === 'CreateMultipartUploadCommand' && UploadId) begun.add(UploadId);
        return result;
      },
    { step: 'initialize' },
  );
  return begun;
}

/** Of an answer to a request to abandon: a part that was under way may arrive after it, and has to be removed, too. */
const againAfterMs = [200, 2_000];

/** Parts that nobody completes cost money for ever. When this fails, `sweep` comes after it. */
async function abandonUpload(
  client: S3Client,
  { Bucket, Key, UploadId }: { Bucket: string; Key: string; UploadId: string },
): Promise<void> {
  const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    for (const ms of againAfterMs) {
      await setTimeout(ms);
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  } catch {
    // There is no such upload any more; or the place is away, and its caller hears of that from the put itself.
  }
}
