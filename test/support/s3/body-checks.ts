import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

/** What has been compared, by the names of the headers. */
export type Checked = string[];

/** Null when the body is what its headers say, otherwise S3's error code. */
export function faultOfBody(headers: IncomingHttpHeaders, body: Buffer, checked: Checked): string | null {
  // Servers that are some years old do not know it; we send each part from memory and have no need of it.
  if (/aws-chunked/.test(headers['content-encoding'] ?? '')) return 'NotImplemented';
  const comparisons: [string, string, string][] = [
    ['x-amz-content-sha256', createHash('sha256').update(body).digest('hex'), 'XAmzContentSHA256Mismatch'],
    ['content-md5', createHash('md5').update(body).digest('base64'), 'BadDigest'],
    ['x-amz-checksum-crc32', crc32Of(body), 'BadDigest'],
    ['x-amz-checksum-sha256', createHash('sha256').update(body).digest('base64'), 'BadDigest'],
  ];
  for (const [name, computed, fault] of comparisons) {
    const said = headers[name];
    if (said === undefined || said === 'UNSIGNED-PAYLOAD') continue;
    if (said !== computed) return fault;
    checked.push(name);
  }
  return null;
}

function crc32Of(body: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
}
