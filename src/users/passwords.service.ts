import { Injectable } from '@nestjs/common';
import { argon2id, hash, verify } from 'argon2';
import { DomainError } from '../common/errors.js';
import { newSecret } from '../common/random.js';

/** Of OWASP's equal choices for argon2id, 12 MiB and three passes; one at a time, so that backups keep the memory. */
const parameters = { type: argon2id, memoryCost: 12 * 1024, timeCost: 3, parallelism: 1 } as const;
const atOnce = 1;
const mostWaiting = 200;

/** argon2id, at a bounded rate: more callers than can wait are turned away instead of filling the memory. */
@Injectable()
export class PasswordsService {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #dummyHash: Promise<string> | undefined;

  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, parameters));
  }

  /**
   * Whether the password fits. Without a hash (unknown user, or one without a password) the same work is done for
   * nothing, so that the time tells nothing. Call it inside of `inTurn`.
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const dummyHash = await (this.#dummyHash ??= hash(newSecret(), parameters));
    const fits = await verify(passwordHash ?? dummyHash, password);
    return fits && passwordHash !== null;
  }

  /** Runs `work` when it is its turn. Throws DomainError `rate-limited` when too many wait already. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < atOnce) this.#running += 1;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= mostWaiting) {
      throw new DomainError('rate-limited', 'Too many log-ins are under way. Try again in a few seconds.', {
        retryAfterSeconds: 5,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
