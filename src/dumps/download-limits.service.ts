import { Injectable } from '@nestjs/common';
import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { RateLimiter } from '../common/rate-limiter.js';
import { Settings } from '../config/settings.js';
import { Bandwidth } from './bandwidth.js';

interface Visitor {
  downloads: number;
  line: Bandwidth;
}

/** What strangers may take of this process: requests, downloads at once, bytes a second. */
@Injectable()
export class DownloadLimits {
  readonly #requests: RateLimiter | null;
  readonly #line: Bandwidth;
  /** Those who download at this moment, by address; no more than there are connections. */
  readonly #visitors = new Map<string, Visitor>();
  readonly #atOnce: number;
  readonly #bytesPerAddress: number;

  constructor(
    { env }: Settings,
    private readonly clock: Clock,
  ) {
    const perMinute = env.HOLDFAST_DUMP_REQUESTS_PER_MINUTE;
    this.#requests = perMinute === 0 ? null : new RateLimiter(perMinute, 60);
    this.#line = new Bandwidth(env.HOLDFAST_DUMP_KB_PER_SECOND * 1024);
    this.#bytesPerAddress = env.HOLDFAST_DUMP_KB_PER_SECOND_PER_ADDRESS * 1024;
    this.#atOnce = env.HOLDFAST_DUMP_DOWNLOADS_AT_ONCE || Infinity;
  }

  /** Counts a request. Throws DomainError `rate-limited`. */
  async request(address: string): Promise<void> {
    await this.#requests?.count(address, 'There were too many requests from your address.');
  }

  /**
   * Lets an address begin a download, which passes its bytes through what it is given. Throws DomainError `rate-limited`
   * when too many of them are under way.
   */
  async during<T>(address: string, download: (through: Throttle) => Promise<T>): Promise<T> {
    const visitor = this.#visitors.get(address) ?? {
      downloads: 0,
      line: new Bandwidth(this.#bytesPerAddress),
    };
    if (visitor.downloads >= this.#atOnce) {
      const detail = `Your address has ${visitor.downloads} downloads under way. Try again when one has ended.`;
      throw new DomainError('rate-limited', detail, { retryAfterSeconds: 10 });
    }
    this.#visitors.set(address, visitor);
    visitor.downloads += 1;
    try {
      return await download(new Throttle([this.#line, visitor.line], this.clock));
    } finally {
      visitor.downloads -= 1;
      if (visitor.downloads === 0) this.#visitors.delete(address);
    }
  }
}

/** Passes bytes on as fast as all of its lines let them. */
export class Throttle extends Transform {
  /** Whether it is us that nothing moves for. */
  isWaiting = false;

  constructor(
    private readonly lines: readonly Bandwidth[],
    private readonly clock: Clock,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const now = this.clock.monotonicMs();
    const waitMs = Math.max(...this.lines.map((line) => line.reserve(chunk.length, now)));
    if (waitMs <= 0) return done(null, chunk);
    this.isWaiting = true;
    void sleep(waitMs).then(() => {
      this.isWaiting = false;
      done(null, chunk);
    });
  }
}
