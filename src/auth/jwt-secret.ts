import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../common/atomic-file.js';
import { errorCodeOf } from '../common/errors.js';
import { newId, newSecret } from '../common/random.js';
import { type Settings, SettingsError } from '../config/settings.js';

/** Signs and checks our own access tokens. */
export class JwtSecret {
  constructor(readonly value: string) {}
}

/**
 * The secret that signs access tokens: from the environment, or generated once into the data folder. Throws
 * SettingsError when the file is there but too short to be safe.
 */
export async function loadJwtSecret({ env }: Settings): Promise<JwtSecret> {
  if (env.HOLDFAST_JWT_SECRET !== undefined) return new JwtSecret(env.HOLDFAST_JWT_SECRET);
  const path = join(env.HOLDFAST_DATA_DIR, 'jwt-secret');
  const secret = (await readIfThere(path)) ?? (await generate(env.HOLDFAST_DATA_DIR, path));
  if (Buffer.byteLength(secret) < 32) {
    throw new SettingsError(
      'The file jwt-secret in HOLDFAST_DATA_DIR is shorter than 32 bytes. Delete it to have a new one made, or set HOLDFAST_JWT_SECRET.',
    );
  }
  return new JwtSecret(secret);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Of several processes that start at once one wins, by the link; all of them return the winner's secret. */
async function generate(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const working = `${path}.${newId()}.partial`;
  const handle = await open(working, 'wx', 0o600);
  try {
    await handle.writeFile(`${newSecret(48)}\n`);
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
