import { setTimeout } from 'node:timers/promises';
import type { ObjectContent, ObjectStore, PutOptions, StoredObject } from '../object-store.types.js';
import { DamagedOnTheWay } from '../place-error.js';
import { stalled } from './backoff.js';

/** How long a driver has to clean up after it was told to end. */
const graceMs = 10_000;

/**
 * One attempt at a put, ended when nothing is heard of it for `stallMs`. Throws as `ObjectStore.put`; a stall is a PlaceError
 * that may pass.
 */
export async function watchedPut(
  store: ObjectStore,
  key: string,
  content: ObjectContent,
  { signal, onBytes }: PutOptions,
  stallMs: number,
): Promise<StoredObject> {
  const halt = new AbortController();
  const timer = globalThis.setTimeout(() => halt.abort(), stallMs);
  const done = new AbortController();
  const given = store.put(key, content, {
    signal: signal ? AbortSignal.any([signal, halt.signal]) : halt.signal,
    onBytes: (bytes) => {
      timer.refresh();
      onBytes?.(bytes);
    },
  });
  try {
    const stored = await Promise.race([given, givenUp(halt.signal, done.signal)]);
    if (content.bytes !== null && stored.bytes !== content.bytes) throw new DamagedOnTheWay();
    return stored;
  } catch (error) {
    const isStall = halt.signal.aborted && !signal?.aborted;
    throw isStall ? stalled(store.location, stallMs) : error;
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

/** Rejects when a driver does not even end when it is told to. */
async function givenUp(halt: AbortSignal, done: AbortSignal): Promise<never> {
  await new Promise((resolve) => halt.addEventListener('abort', resolve, { once: true }));
  await setTimeout(graceMs, undefined, { signal: done });
  throw new Error('The driver did not end.');
}
