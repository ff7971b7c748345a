import { Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Settings } from '../config/settings.js';
import { bearerToken } from './bearer-token.js';

/** HOLDFAST_METRICS_TOKEN: for a monitoring system, which needs no user and no more than numbers. */
@Injectable()
export class MetricsToken {
  readonly #expected: Buffer | null;

  constructor({ env }: Settings) {
    this.#expected = env.HOLDFAST_METRICS_TOKEN === undefined ? null : hashOf(env.HOLDFAST_METRICS_TOKEN);
  }

  isIn(request: IncomingMessage): boolean {
    const token = bearerToken(request);
    return token !== null && this.#expected !== null && timingSafeEqual(hashOf(token), this.#expected);
  }
}

/** Of one length, so that comparing tells nothing of the token's. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
