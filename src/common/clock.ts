import { Injectable } from '@nestjs/common';

/** The only source of the current time, so that tests can freeze it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Milliseconds that only ever grow, for measuring how long something took. */
  monotonicMs(): number {
    return performance.now();
  }
}
