import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError, errorCodeOf } from './errors.js';
import { shortId } from './random.js';

/** Begins the name of every file that is not a finished one; such files are in no list and are swept at a start. */
export const workingPrefix = '.holdfast-';

/** Owns what no sweep looks at. */
const nobody = 'none';

/** A fresh name beside `path`, under which a file is written by `owner` until it is whole. */
export function workingName(path: string, owner = nobody): string {
  return join(dirname(path), `${workingPrefix}${owner}-${shortId()}-${basename(path)}`);
}

/** Makes a rename in `folder` survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a stream into a file that nothing has yet; the caller removes what is left of one that failed. Opened before the
 * stream is read: one that a stream opens by itself may appear after that removal.
 */
export async function writeNewFile(
  path: string,
  content: Readable,
  mode: number,
  signal?: AbortSignal,
): Promise<void> {
  // What fails before it is read has failed for the pipeline; until then nobody would hear of it, and an error that nobody
  // hears of ends the process.
  content.on('error', () => undefined);
  const handle = await open(path, 'wx', mode).catch((error: unknown) => {
    content.destroy();
    throw error;
  });
  await pipeline(content, handle.createWriteStream(), signal ? { signal } : {});
}

/**
 * Moves a finished, synced working file to a name that nothing has yet; it appears whole or not at all (invariant 1).
 * Throws DomainError `conflict` when there is a file of that name: a rename would replace it.
 */
export async function publishFile(working: string, final: string): Promise<void> {
  try {
    await link(working, final);
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') throw nameTaken(error);
    if (!withoutHardLinks.has(errorCodeOf(error) ?? '')) throw error;
    return renameToFreeName(working, final);
  }
  try {
    await rm(working);
    await syncFolder(dirname(final));
  } catch (error) {
    await rm(final, { force: true });
    throw error;
  }
}

/** How file systems say that they have no hard links: FAT, some network and container file systems. */
const withoutHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The best that can be had there: between the look and the rename, another process could still take the name. */
async function renameToFreeName(working: string, final: string): Promise<void> {
  const taken = await lstat(final).then(
    () => true,
    (error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  if (taken) throw nameTaken();
  await rename(working, final);
  await syncFolder(dirname(final));
}

/** As `publishFile`, over what has the name; that is there whole until the moment in which the new one is. */
export async function replaceFile(working: string, final: string): Promise<void> {
  await rename(working, final);
  await syncFolder(dirname(final));
}

function nameTaken(cause?: unknown): DomainError {
  return new DomainError('conflict', 'A file of that name exists. It was left as it is; try again.', {
    cause,
  });
}

/** Writes a small file, or replaces it, so that it appears whole or not at all. */
export async function writeFileAtomically(
  path: string,
  content: string,
  owner?: string,
  mode = 0o644,
): Promise<void> {
  const working = workingName(path, owner);
  const handle = await open(working, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(working, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await replaceFile(working, path);
}
