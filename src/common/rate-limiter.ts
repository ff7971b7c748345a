import { createHmac } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from './errors.js';
import { newSecret } from './random.js';

const slots = 65_536;

/**
 * Counts what somebody does (failures, requests) and refuses who has too many. Its memory is bounded however many keys come: a key's count is kept
 * in one of 65536 slots, chosen by a secret hash, so that nobody can aim at the slot of somebody else.
 */
export class RateLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #salt = newSecret();

  constructor(
    private readonly most: number,
    perSeconds: number,
  ) {
    this.#limiter = new RateLimiterMemory({ points: most, duration: perSeconds });
  }

  /** Throws DomainError `rate-limited` when `key` has used up what it may. */
  async check(key: string, message: string): Promise<void> {
    const state = await this.#limiter.get(this.#slotOf(key));
    if (state && state.consumedPoints >= this.most) throw refusal(message, state);
  }

  /** Counts one. Throws DomainError `rate-limited` when it is one too many. */
  async count(key: string, message: string): Promise<void> {
    try {
      await this.#limiter.consume(this.#slotOf(key));
    } catch (state) {
      throw state instanceof RateLimiterRes ? refusal(message, state) : state;
    }
  }

  async forgive(key: string): Promise<void> {
    await this.#limiter.delete(this.#slotOf(key));
  }

  #slotOf(key: string): number {
    return createHmac('sha256', this.#salt).update(key).digest().readUInt32BE(0) % slots;
  }
}

function refusal(message: string, { msBeforeNext }: RateLimiterRes): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new DomainError('rate-limited', `${message} Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  });
}
