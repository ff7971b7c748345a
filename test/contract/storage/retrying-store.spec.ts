import { jest } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../src/common/clock.js';
import { LocalObjectStore } from '../../../src/storage/local/local-object-store.js';
import { RetryingStore } from '../../../src/storage/retry/retrying-store.js';
import { type Fault, FaultyStore } from '../../support/faulty-store.js';
import { all, bytesOf, content, read, sha256 } from './content.js';

const bytes = bytesOf(400_000);
const key = 'full/backup.sql';
const quick = { attempts: 3, firstWaitMs: 1, longestWaitMs: 2 };

describe('a place that is tried again', () => {
  let folder: string;
  let local: LocalObjectStore;
  let faulty: FaultyStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-retry-'));
    local = new LocalObjectStore(folder, new Clock());
    await local.put(key, content(bytes));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  function storeWith(...faults: Fault[]): RetryingStore {
    // A busy disk stands still, too.
    const stallMs = faults.some(({ fails }) => fails === 'hangs') ? 1_500 : 60_000;
    faulty = new FaultyStore(local, faults);
    return new RetryingStore(faulty, { ...quick, stallMs });
  }

  const unavailable = { method: 'put', fails: 'unavailable' } as const;

  it.each<Fault>([
    { method: 'put', fails: 'at-byte', at: 0 },
    { method: 'put', fails: 'at-byte', at: 200_000 },
    { method: 'put', fails: 'at-byte', at: 400_000 },
    { method: 'put', fails: 'altered', at: 400_000 },
    { method: 'put', fails: 'short', at: 200_000 },
    { method: 'put', fails: 'hangs', at: 100_000 },
    unavailable,
  ])('stores all of it after %j', async (fault) => {
    const store = storeWith(fault, fault);
    const fresh = bytesOf(400_000, 7);
    let told = 0;
    const stored = await store.put(key, content(fresh), { onBytes: (count) => (told += count) });
    expect(stored).toMatchObject({ bytes: 400_000, sha256: sha256(fresh) });
    expect((await read(await local.open(key))).equals(fresh)).toBe(true);
    expect(faulty.calls).toEqual(['put', 'put', 'put']);
    expect(told).toBe(400_000);
  });

  it('gives up after as many attempts as it has, and leaves what was there', async () => {
    const store = storeWith(unavailable, unavailable, unavailable);
    await expect(store.put(key, content('new'))).rejects.toMatchObject({
      detail: expect.stringContaining('503'),
    });
    expect(faulty.calls).toHaveLength(3);
    expect((await read(await local.open(key))).equals(bytes)).toBe(true);
    expect(await readdir(join(folder, 'full'))).toEqual(['backup.sql']);
  });

  it.each([
    ['refuses', { method: 'put', fails: 'refused' }, { code: 'storage-unavailable' }],
    ['has too little of', null, { code: 'artefact-damaged' }],
  ] as const)('does not try again what the place or its source %s', async (_what, fault, expected) => {
    const store = storeWith(...(fault ? [fault] : []));
    const short = { ...content('too short'), ...(!fault && { bytes: 1_000 }) };
    await expect(store.put('new', short)).rejects.toMatchObject(expected);
    expect(faulty.calls).toEqual(['put']);
  });

  it('ends at once when it is cancelled, also between two attempts', async () => {
    faulty = new FaultyStore(local, [unavailable, unavailable]);
    const store = new RetryingStore(faulty, {
      attempts: 3,
      firstWaitMs: 60_000,
      longestWaitMs: 60_000,
      stallMs: 60_000,
    });
    const cancel = new AbortController();
    const failed = store.put(key, content('new'), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 20);
    await expect(failed).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each<Fault>([
    { method: 'open', fails: 'at-byte', at: 100_000 },
    { method: 'open', fails: 'at-byte', at: 0 },
    { method: 'open', fails: 'short', at: 100_000 },
    { method: 'open', fails: 'hangs', at: 100_000 },
    { method: 'open', fails: 'unavailable' },
  ])('reads on from where it broke off, after %j', async (fault) => {
    expect((await read(await storeWith(fault, fault).open(key))).equals(bytes)).toBe(true);
    const range = { start: 7, end: 350_000 };
    const part = await read(await storeWith(fault, fault).open(key, range));
    expect(part.equals(bytes.subarray(range.start, range.end + 1))).toBe(true);
  });

  it('closes what it has opened also when nobody reads it', async () => {
    const open = jest.spyOn(local, 'open');
    const body = await storeWith().open(key);
    body.destroy();
    await once(body, 'close');
    const opened = await Promise.all(open.mock.results.map(({ value }) => value as Promise<Readable>));
    expect(opened.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('never joins two objects to one', async () => {
    const body = await storeWith({ method: 'open', fails: 'replaced', at: 100_000 }).open(key);
    await expect(read(body)).rejects.toMatchObject({ code: 'artefact-damaged' });
  });

  it('lets a reader take its time', async () => {
    const body = await new RetryingStore(local, { ...quick, stallMs: 1_000 }).open(key);
    let count = 0;
    for await (const piece of body) {
      if (count === 0) await new Promise((resolve) => setTimeout(resolve, 1_500));
      count += (piece as Buffer).length;
    }
    expect(count).toBe(bytes.length);
  });

  it.each<Fault>([
    { method: 'walk', fails: 'at-key', at: 0 },
    { method: 'walk', fails: 'at-key', at: 2 },
    { method: 'walk', fails: 'hangs', at: 1 },
  ])('has every key once after %j', async (fault) => {
    for (const name of ['a', 'b', 'c']) await local.put(name, content('x'));
    const keys = (await all(storeWith(fault).walk(''))).map((object) => object.key);
    expect(keys.sort()).toEqual(['a', 'b', 'c', key]);
  });

  it('takes a list that fails again and again for an error, and not for an empty one', async () => {
    const fault: Fault = { method: 'walk', fails: 'at-key', at: 0 };
    await expect(all(storeWith(fault, fault, fault).walk(''))).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
  });

  it.each(['stat', 'remove', 'hold', 'check', 'link'] as const)(
    'tries %s again, unless it is refused',
    async (method) => {
      const call = (store: RetryingStore): Promise<unknown> =>
        ({
          stat: () => store.stat(key),
          remove: () => store.remove(key),
          hold: () => store.hold(key, true),
          check: () => store.check(),
          link: () => store.link(key, { seconds: 1, filename: 'x' }),
        })[method]();
      const unavailable: Fault = { method, fails: 'unavailable' };
      await call(storeWith(unavailable, unavailable));
      expect(faulty.calls).toEqual([method, method, method]);
      await expect(call(storeWith({ method, fails: 'refused' }))).rejects.toMatchObject({
        code: 'storage-unavailable',
      });
      expect(faulty.calls).toEqual([method]);
    },
  );
});
