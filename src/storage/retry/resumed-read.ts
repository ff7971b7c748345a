import type { Readable } from 'node:stream';
import type { ObjectStore } from '../object-store.types.js';
import { DomainError } from '../../common/errors.js';
import { mayPass, noSuchObject, PlaceError, rangeBehindEnd } from '../place-error.js';
import { inTime, pause, retried, type PlaceLimits } from './backoff.js';

/** What is read, and how far. Bytes, both inclusive. */
export interface Stretch {
  start: number;
  last: number;
  /** Of the whole object, to see that it is still the same one. */
  bytes: number;
  modifiedAt: Date;
}

/** Throws DomainError `not-found`, `bad-range`. */
export async function stretchOf(
  store: ObjectStore,
  key: string,
  range: { start: number; end: number } | undefined,
): Promise<Stretch> {
  const found = await store.stat(key);
  if (!found) throw noSuchObject();
  if (range && range.start >= found.bytes) throw rangeBehindEnd();
  const last = Math.min(range?.end ?? Infinity, found.bytes - 1);
  return { ...found, start: range?.start ?? 0, last };
}

/**
 * Reads a stretch of an object to its end, from where it broke off when that may pass. The attempts count anew with each
 * piece that arrives.
 */
export async function* resumedRead(
  store: ObjectStore,
  key: string,
  stretch: Stretch,
  begun: Readable,
  limits: PlaceLimits,
): AsyncGenerator<Buffer> {
  let at = stretch.start;
  let failures = 0;
  let body = begun;
  for (;;) {
    try {
      for await (const piece of pieces(body, store.location, limits.stallMs)) {
        at += piece.length;
        failures = 0;
        if (at > stretch.last + 1) throw replaced();
        yield piece;
      }
      if (at === stretch.last + 1) return;
      throw new PlaceError(`The place ${store.location} broke off in the middle of an object.`, true);
    } catch (error) {
      failures += 1;
      if (!mayPass(error) || failures >= limits.attempts) throw error;
      await pause(limits, failures);
      body = await retried(limits, () => goOn(store, key, stretch, at, limits.stallMs));
    }
  }
}

async function goOn(
  store: ObjectStore,
  key: string,
  stretch: Stretch,
  at: number,
  stallMs: number,
): Promise<Readable> {
  const found = await inTime(store.stat(key), store.location, stallMs);
  const isSame =
    found?.bytes === stretch.bytes && found.modifiedAt.getTime() === stretch.modifiedAt.getTime();
  if (!isSame) throw replaced();
  return inTime(store.open(key, { start: at, end: stretch.last }), store.location, stallMs);
}

function replaced(): DomainError {
  return new DomainError(
    'artefact-damaged',
    'The object was replaced while it was read. Read it again from its beginning.',
  );
}

/** A reader that takes its time is no stall: the limit is on waiting for the place. */
async function* pieces(body: Readable, location: string, stallMs: number): AsyncGenerator<Buffer> {
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const next = await inTime(iterator.next(), location, stallMs);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    body.destroy();
  }
}
