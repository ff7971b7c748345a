import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { DomainError, errorCodeOf } from '../../common/errors.js';

const plainSegment = /^[^/\\\0]+$/;

/**
 * The absolute path of an entry under `root`, whatever it is; what it is must not be followed. Every segment must be a
 * plain name (no `..`, no separator, no NUL, not hidden), and no folder on the way may be a symbolic link out of the
 * root. Throws DomainError `not-found`.
 */
export async function entryUnder(root: string, path: string): Promise<string> {
  const segments = path.split('/');
  if (!segments.every((segment) => plainSegment.test(segment) && !segment.startsWith('.'))) throw notFound();
  const absolute = join(resolve(root), ...segments);
  const realRoot = await realpath(root);
  const realFolder = await nearestReal(dirname(absolute));
  if (realFolder !== realRoot && !realFolder.startsWith(realRoot + sep)) throw notFound();
  return absolute;
}

/** As `entryUnder`, of a file or folder that may be opened: a symbolic link is `not-found`. */
export async function pathUnder(root: string, path: string): Promise<string> {
  const absolute = await entryUnder(root, path);
  const found = await lstat(absolute).catch(nullIfMissing);
  if (found?.isSymbolicLink()) throw notFound();
  return absolute;
}

/** Where a folder really is; of one that is not there yet, the nearest one above it that is. */
async function nearestReal(folder: string): Promise<string> {
  return (await realpath(folder).catch(nullIfMissing)) ?? nearestReal(dirname(folder));
}

function nullIfMissing(error: unknown): null {
  if (errorCodeOf(error) === 'ENOENT') return null;
  throw error;
}

export function notFound(): DomainError {
  return new DomainError('not-found', 'There is no such file.');
}
