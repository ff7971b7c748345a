import type { HeadObjectCommandOutput, ListObjectVersionsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { DomainError } from '../../common/errors.js';
import { answerOf } from './s3-errors.js';

/**
 * Removes an object, in a bucket with versions all versions of it: there, a removal without one would only hide it, and the
 * version before would show when one is named. Throws what the SDK throws, and DomainError `conflict` when it is locked.
 *
 * @param head of the object as it is now
 */
export async function removeObject(
  client: S3Client,
  object: { Bucket: string; Key: string },
  head: HeadObjectCommandOutput,
  now: Date,
): Promise<void> {
  if (head.ObjectLockLegalHoldStatus === 'ON') throw locked('a legal hold');
  const until = head.ObjectLockRetainUntilDate;
  if (until && until > now) throw locked(`its retention until ${until.toISOString()}`);
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  const versions = head.VersionId === undefined ? [undefined] : await versionsOf(client, object);
  for (const VersionId of versions) {
    try {
      await client.send(new DeleteObjectCommand({ ...object, VersionId }));
    } catch (error) {
      if (VersionId !== undefined && isLock(error)) throw locked('the lock of one of its versions', error);
      throw error;
    }
  }
}

async function versionsOf(
  client: S3Client,
  { Bucket, Key }: { Bucket: string; Key: string },
): Promise<string[]> {
  const { ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
  const ids: string[] = [];
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | null = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: Key, ...next }),
    );
    for (const version of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (version.Key === Key && version.VersionId !== undefined) ids.push(version.VersionId);
    }
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : null;
  }
  return ids;
}

/** Amazon says AccessDenied; others, that the object is locked. */
function isLock(error: unknown): boolean {
  const { name, message } = answerOf(error);
  return /lock|WORM/i.test(`${name} ${message}`);
}

function locked(by: string, cause?: unknown): DomainError {
  const said = cause === undefined ? undefined : new Error(answerOf(cause).name);
  return new DomainError('conflict', `The object cannot be removed yet: ${by} keeps it.`, { cause: said });
}
