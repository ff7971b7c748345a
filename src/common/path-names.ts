import { createHash } from 'node:crypto';

const longest = 80;

/** An id as part of file names; ids that are not plain words are percent-encoded, overlong ones hashed. */
export function idInPaths(id: string): string {
  const encoded = encodeURIComponent(id).replaceAll('.', '%2E').replaceAll('*', '%2A');
  return encoded.length <= longest ? encoded : createHash('sha256').update(id).digest('hex');
}
