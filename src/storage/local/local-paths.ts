import { lstat, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { DomainError } from '../../common/errors.js';

const plainSegment = /^[^/\\\0]+$/;

/**
 * The absolute path of `path` under `root`. Every segment must be a plain name (no `..`, no separator, no NUL, not
 * hidden), and nothing on the way may be a symbolic link out of the folder. Throws DomainError `not-found`.
 */
export async function pathUnder(root: string, path: string): Promise<string> {
  const segments = path.split('/');
  if (!segments.every((segment) => plainSegment.test(segment) && !segment.startsWith('.'))) throw notFound();
  const absolute = join(resolve(root), ...segments);
  const real = await realpath(absolute).catch(() => null);
  if (real === null) return absolute;
  const realRoot = await realpath(root);
  if (!real.startsWith(realRoot + sep)) throw notFound();
  if ((await lstat(absolute)).isSymbolicLink()) throw notFound();
  return absolute;
}

export function notFound(): DomainError {
  return new DomainError('not-found', 'There is no such file.');
}
