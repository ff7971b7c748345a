import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './atomic-file.js';
import { errorCodeOf } from './errors.js';
import { newId } from './random.js';

/** What a secret of our own making holds, without the line's end; null when there is no such file. */
export async function readSecretFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Keeps a secret in a file of mode 0600. Of several processes that make it at once one wins, by the link; all of them get the
 * winner's secret.
 */
export async function makeSecretFile(path: string, secret: string): Promise<string> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const working = `${path}.${newId()}.partial`;
  const handle = await open(working, 'wx', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
    await link(working, path).catch((error: unknown) => {
      if (errorCodeOf(error) !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(working, { force: true });
  }
  await syncFolder(folder);
  return (await readFile(path, 'utf8')).trim();
}
