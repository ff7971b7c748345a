import { Injectable } from '@nestjs/common';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../common/atomic-file.js';
import { DomainError } from '../../common/errors.js';
import { newSecret } from '../../common/random.js';
import { makeSecretFile, readSecretFile } from '../../common/secret-file.js';
import { Settings } from '../../config/settings.js';
import { keyFrom, keyIdOf, openValue, purposeKey, type SecretKey, sealValue } from './sealed-value.js';

/**
 * The keys of the connection data: outside the catalogue, in HOLDFAST_SECRET_KEY or in the file `secret-key` of the data
 * folder (the present key on its first line, one that is being replaced on the second). The file is read at each use, so that
 * a rotation by another process is seen at once; that is rare and small.
 */
@Injectable()
export class KeyRing {
  readonly #path: string;

  constructor(private readonly settings: Settings) {
    this.#path = join(settings.env.HOLDFAST_DATA_DIR, 'secret-key');
  }

  /** With the present key, which is made at its first use. */
  async seal(plain: string, owner: string): Promise<string> {
    return sealValue(plain, await this.present(), owner);
  }

  /** Throws DomainError `database-unreachable` when no key that we have opens it. */
  async open(sealed: string, owner: string): Promise<string> {
    const id = keyIdOf(sealed);
    const key = (await this.#all()).find((candidate) => candidate.id === id);
    if (!key) throw unopened();
    try {
      return openValue(sealed, key, owner);
    } catch (error) {
      throw unopened(error);
    }
  }

  async present(): Promise<SecretKey> {
    const [first] = await this.#all();
    if (first) return first;
    const [made] = lines(await makeSecretFile(this.#path, newSecret(48)));
    if (made !== undefined) return keyFrom(made);
    throw new DomainError(
      'storage-unavailable',
      'The file secret-key in HOLDFAST_DATA_DIR is empty. Put its copy back, or delete it to have a new one made.',
    );
  }

  /** Keys for something else than connection data, the present one first; all that a rotation has not forgotten yet. */
  async keysFor(purpose: string): Promise<Buffer[]> {
    await this.present();
    return (await this.#secrets()).map((secret) => purposeKey(secret, purpose));
  }

  /** Whether the key is in our file, and can be replaced by us; otherwise it is in the environment. */
  get isOurs(): boolean {
    return this.settings.env.HOLDFAST_SECRET_KEY === undefined;
  }

  /** Puts a fresh key before those in the file: from now on it seals, and the others still open. */
  async addFresh(): Promise<void> {
    const old = await readSecretFile(this.#path);
    await this.#write([newSecret(48), ...(old === null ? [] : lines(old))]);
  }

  /** Forgets all keys of the file but the present one; all of them when the present one is in the environment. */
  async forgetOld(): Promise<void> {
    if (!this.isOurs) return rm(this.#path, { force: true });
    const kept = await readSecretFile(this.#path);
    if (kept !== null) await this.#write(lines(kept).slice(0, 1));
  }

  #write(secrets: readonly string[]): Promise<void> {
    return writeFileAtomically(this.#path, `${secrets.join('\n')}\n`, undefined, 0o600);
  }

  async #all(): Promise<SecretKey[]> {
    return (await this.#secrets()).map(keyFrom);
  }

  /** The present one first. */
  async #secrets(): Promise<string[]> {
    const { HOLDFAST_SECRET_KEY: present, HOLDFAST_OLD_SECRET_KEY: old } = this.settings.env;
    const filed = lines((await readSecretFile(this.#path)) ?? '');
    return [...(present === undefined ? filed : [present, ...filed]), ...(old ? [old] : [])];
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function unopened(cause?: unknown): DomainError {
  return new DomainError(
    'database-unreachable',
    'The connection data of this database was encrypted with another key. Give the service that key (HOLDFAST_SECRET_KEY, or ' +
      'the file secret-key in HOLDFAST_DATA_DIR), or enter the connection data again.',
    { cause },
  );
}
