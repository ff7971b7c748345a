import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

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
  const working = `${path}.partial`;
  const handle = await open(working, 'w', mode);
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
