import type { ListMultipartUploadsCommandOutput, S3Client } from '@aws-sdk/client-s3';

/** S3 says when an upload began and not when its last part came; one may well take some days. */
const abandonedAfterMs = 7 * 24 * 3_600_000;

/** Ends uploads that began more than a week before `now`: nobody completes them. Returns how many. Throws what the SDK throws. */
export async function sweepUploads(
  client: S3Client,
  place: { Bucket: string; Prefix: string },
  now: Date,
): Promise<number> {
  const { AbortMultipartUploadCommand, ListMultipartUploadsCommand } = await import('@aws-sdk/client-s3');
  const before = now.getTime() - abandonedAfterMs;
  let swept = 0;
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ ...place, ...next }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (!Initiated || Initiated.getTime() > before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: place.Bucket, Key, UploadId }));
      swept += 1;
    }
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      : null;
  }
  return swept;
}
