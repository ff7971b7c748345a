import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shortId } from './random.js';

/** Begins the name of every file that is not a finished one; such files are in no list and are swept at a start. */
export const workingPrefix = '.holdfast-';

/** A fresh name beside `path`, under which a file is written until it is whole. */
export function workingName(path: string): string {
  return join(dirname(path), `${workingPrefix}${shortId()}-${basename(path)}`);
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

/** Moves a finished, synced working file to its final name; it appears whole or not at all (invariant 1). */
export async function publishFile(working: string, final: string): Promise<void> {
  await rename(working, final);
  await syncFolder(dirname(final));
}

/** Writes a small file so that it appears whole or not at all. `mode` is the file's permission, 0600 for secrets. */
export async function writeFileAtomically(path: string, content: string, mode = 0o644): Promise<void> {
  const working = workingName(path);
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
  await publishFile(working, path);
}
