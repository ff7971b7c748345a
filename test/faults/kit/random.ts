import { randomInt } from 'node:crypto';

/** Random numbers that come again with the same seed (mulberry32), so that a fault can be provoked once more. */
export class SeededRandom {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** `HOLDFAST_FAULT_SEED`, or another seed each time. */
  static fromEnvironment(): SeededRandom {
    return new SeededRandom(Number(process.env['HOLDFAST_FAULT_SEED'] ?? randomInt(2 ** 31)));
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('There is nothing to pick from');
    return list[this.integer(0, list.length - 1)] as T;
  }
}
