import { Clock } from '../../../src/common/clock.js';

/** A clock that stands still until it is told otherwise. */
export class FrozenClock extends Clock {
  #now: Date;

  constructor(start: string) {
    super();
    this.#now = new Date(start);
  }

  override now(): Date {
    return this.#now;
  }

  set(instant: string): void {
    this.#now = new Date(instant);
  }

  advanceSeconds(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }
}
