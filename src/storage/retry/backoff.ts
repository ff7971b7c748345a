import { setTimeout } from 'node:timers/promises';
import { randomNonce } from '../../common/random.js';
import { cancelled, mayPass, PlaceError } from '../place-error.js';

export interface RetryLimits {
  /** Of one piece of work, the first one included. */
  attempts: number;
  /** Before the second attempt, in milliseconds; twice as long before each further one. */
  firstWaitMs: number;
  longestWaitMs: number;
}

export interface PlaceLimits extends RetryLimits {
  /** Of an attempt that makes no progress, in milliseconds. */
  stallMs: number;
}

/** Does the work again when it fails with what may pass. Throws what the last attempt threw, or DomainError `cancelled`. */
export async function retried<T>(
  limits: RetryLimits,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || attempt >= limits.attempts) throw error;
      await pause(limits, attempt, signal);
    }
  }
}

/** As long as comes after so many failures, and by chance up to a half shorter: not everybody is to come back at once. */
export async function pause(limits: RetryLimits, failures: number, signal?: AbortSignal): Promise<void> {
  const whole = Math.min(limits.firstWaitMs * 2 ** (failures - 1), limits.longestWaitMs);
  const share = 0.5 + randomNonce(1).readUInt8() / 512;
  try {
    await setTimeout(whole * share, undefined, signal ? { signal } : {});
  } catch (error) {
    throw cancelled(error);
  }
}

export function stalled(location: string, limitMs: number): PlaceError {
  const seconds = Math.round(limitMs / 1000);
  return new PlaceError(`The place ${location} made no progress for ${seconds} seconds.`, true);
}

/** Gives up waiting for work that says nothing meanwhile; it may still go on. Throws PlaceError. */
export async function inTime<T>(work: Promise<T>, location: string, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = globalThis.setTimeout(() => reject(stalled(location, limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
