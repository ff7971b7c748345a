import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Encrypter, identityToRecipient } from 'age-encryption';
import type { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { decrypted, encrypted } from './age-streams.js';

/** Encrypts what leaves the machine, so that `age -d` opens it without us, and opens it again when it has the key. */
@Injectable()
export class EncryptionService implements OnModuleInit {
  /** For whom: public keys, which are also what a manifest says a copy was encrypted for. */
  readonly recipients: readonly string[];
  readonly #identities: readonly string[];
  readonly #log = new Logger('encryption');
  /** The public keys of our identities. */
  #own: ReadonlySet<string> = new Set();

  constructor({ env }: Settings) {
    this.recipients = joined(env.HOLDFAST_AGE_RECIPIENTS, env.HOLDFAST_AGE_RECIPIENTS_FILE);
    this.#identities = joined(env.HOLDFAST_AGE_IDENTITIES, env.HOLDFAST_AGE_IDENTITY_FILE);
  }

  async onModuleInit(): Promise<void> {
    this.#own = new Set(await Promise.all(this.#identities.map(identityToRecipient)));
    if (this.enabled && !this.opens(this.recipients)) {
      this.#log.warn(
        'Copies are encrypted for keys that this service does not have: it cannot read them back. Whoever restores one needs ' +
          'a secret key of these: ' +
          this.recipients.join(', '),
      );
    }
  }

  /** Whether there is anybody to encrypt for. */
  get enabled(): boolean {
    return this.recipients.length > 0;
  }

  /** Whether one of our identities opens what was encrypted for these. Not before the module has started. */
  opens(recipients: readonly string[]): boolean {
    return recipients.some((recipient) => this.#own.has(recipient));
  }

  /**
   * The source in the format of age, for all recipients; no longer than 64 KB of it wait. Errors of the source reach the
   * reader, and a reader that goes away ends the source. Throws DomainError `key-missing` when it is not enabled.
   */
  encrypt(source: Readable): Readable {
    return encrypted(source, this.#encrypter());
  }

  /** How many bytes `encrypt` makes of so many. Throws as it does. */
  async sizeOf(bytes: number): Promise<number> {
    return (await this.#encrypter().encrypt(new ReadableStream<Uint8Array>())).size(bytes);
  }

  #encrypter(): Encrypter {
    if (!this.enabled) {
      throw new DomainError(
        'key-missing',
        'There is nobody to encrypt for. Name a public key in HOLDFAST_AGE_RECIPIENTS.',
      );
    }
    const encrypter = new Encrypter();
    for (const recipient of this.recipients) encrypter.addRecipient(recipient);
    return encrypter;
  }

  /**
   * What was encrypted. Resolves when its header has been read. Then, or while it is read, fails with DomainError
   * `artefact-damaged` (cut or changed anywhere), `key-missing`, or the error of the source; the source is ended in any case.
   * A reader must have come to the end before it believes that it has everything.
   *
   * @param madeFor the recipients by the manifest; `[]` when nobody knows them.
   */
  decrypt(source: Readable, madeFor: readonly string[]): Promise<Readable> {
    return decrypted(source, this.#identities, this.#notOpened(madeFor));
  }

  /** A changed header looks like one for somebody else, since it does not say whose it is. */
  #notOpened(madeFor: readonly string[]): DomainError {
    if (this.opens(madeFor)) {
      return new DomainError(
        'artefact-damaged',
        'A key of this service should open the copy and does not: its header is damaged, or it is another file. Use another copy.',
      );
    }
    const whose = madeFor.length > 0 ? madeFor.join(', ') : 'its manifest names them';
    return new DomainError(
      'key-missing',
      'No key of this service opens the copy. Name a file with the secret key of one of its recipients in ' +
        `HOLDFAST_AGE_IDENTITY_FILE (${whose}).`,
    );
  }
}

function joined(...lists: (readonly string[] | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))];
}
