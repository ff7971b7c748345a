import { Readable } from 'node:stream';
import type {
  ObjectContent,
  ObjectStore,
  PlaceKind,
  PutOptions,
  StoredObject,
} from '../object-store.types.js';
import { mayPass } from '../place-error.js';
import { inTime, pause, retried, type PlaceLimits } from './backoff.js';
import { resumedRead, stretchOf } from './resumed-read.js';
import { watchedPut } from './watched-put.js';

/** Half a minute in all; whoever has more time begins anew. */
const usual = { attempts: 6, firstWaitMs: 1_000, longestWaitMs: 30_000 };

/**
 * A place of which what may pass is tried again, and what makes no progress is given up. What it refuses for good is told at
 * once.
 */
export class RetryingStore implements ObjectStore {
  readonly kind: PlaceKind;
  readonly location: string;
  private readonly limits: PlaceLimits;

  constructor(
    private readonly store: ObjectStore,
    limits: Partial<PlaceLimits> & Pick<PlaceLimits, 'stallMs'>,
  ) {
    this.kind = store.kind;
    this.location = store.location;
    this.limits = { ...usual, ...limits };
  }

  put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<StoredObject> {
    let told = 0;
    const attempt = () => {
      let sent = 0;
      // What is sent again has been told of.
      const onBytes = (bytes: number) => {
        sent += bytes;
        options.onBytes?.(Math.max(0, sent - told));
        told = Math.max(told, sent);
      };
      return watchedPut(this.store, key, content, { ...options, onBytes }, this.limits.stallMs);
    };
    return retried(this.limits, attempt, options.signal);
  }

  async open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const stretch = await this.#tried(() => stretchOf(this.store, key, range));
    const body = await this.#tried(() => this.store.open(key, range));
    const read = Readable.from(resumedRead(this.store, key, stretch, body, this.limits), {
      objectMode: false,
    });
    // A generator that nobody has asked for anything ends without its `finally`.
    return read.once('close', () => body.destroy());
  }

  stat(key: string): Promise<{ bytes: number; modifiedAt: Date } | null> {
    return this.#tried(() => this.store.stat(key));
  }

  /** One that breaks off begins anew; what was told of is not told of again. */
  async *walk(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const told = new Set<string>();
    for (let failures = 0; ;) {
      const before = told.size;
      try {
        for await (const object of this.#listed(prefix)) {
          if (told.has(object.key)) continue;
          told.add(object.key);
          yield object;
        }
        return;
      } catch (error) {
        failures = told.size > before ? 1 : failures + 1;
        if (!mayPass(error) || failures >= this.limits.attempts) throw error;
        await pause(this.limits, failures);
      }
    }
  }

  async *#listed(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const iterator = this.store.walk(prefix)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await inTime(iterator.next(), this.location, this.limits.stallMs);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Not awaited: one that hangs would hang here, too.
      void iterator.return?.();
    }
  }

  remove(key: string): Promise<void> {
    return this.#tried(() => this.store.remove(key));
  }

  link(key: string, options: { seconds: number; filename: string }): Promise<string | null> {
    return this.#tried(() => this.store.link(key, options));
  }

  hold(key: string, on: boolean): Promise<boolean> {
    return this.#tried(() => this.store.hold(key, on));
  }

  check(): Promise<void> {
    return this.#tried(() => this.store.check());
  }

  /** Without a limit, since nobody knows how much there is to look through; and once: there will be another sweep. */
  sweep(): Promise<number> {
    return this.store.sweep();
  }

  #tried<T>(work: () => Promise<T>): Promise<T> {
    return retried(this.limits, () => inTime(work(), this.location, this.limits.stallMs));
  }
}
