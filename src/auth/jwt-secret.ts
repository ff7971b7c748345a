import { join } from 'node:path';
import { newSecret } from '../common/random.js';
import { makeSecretFile, readSecretFile } from '../common/secret-file.js';
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
  const secret = (await readSecretFile(path)) ?? (await makeSecretFile(path, newSecret(48)));
  if (Buffer.byteLength(secret) < 32) {
    throw new SettingsError(
      'The file jwt-secret in HOLDFAST_DATA_DIR is shorter than 32 bytes. Delete it to have a new one made, or set HOLDFAST_JWT_SECRET.',
    );
  }
  return new JwtSecret(secret);
}
