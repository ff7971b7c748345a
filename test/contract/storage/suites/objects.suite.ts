import { bytesOf, content, read, sha256 } from '../content.js';
import type { TestedPlace } from '../storage-harness.types.js';

const megabyte = 1024 * 1024;

export function objectsSuite(place: () => TestedPlace): void {
  it('returns what was stored, and says how many bytes and which', async () => {
    const { store } = place();
    const bytes = bytesOf(100_000);
    const stored = await store.put('full/backup.sql', content(bytes));
    expect(stored).toMatchObject({ bytes: 100_000, sha256: sha256(bytes) });
    expect((await read(await store.open('full/backup.sql'))).equals(bytes)).toBe(true);
    const found = await store.stat('full/backup.sql');
    expect(found?.bytes).toBe(100_000);
    expect(Math.abs(new Date().getTime() - found!.modifiedAt.getTime())).toBeLessThan(60_000);
  });

  it('stores an empty object', async () => {
    const { store } = place();
    expect(await store.put('empty', content(''))).toMatchObject({ bytes: 0, sha256: sha256('') });
    expect(await read(await store.open('empty'))).toHaveLength(0);
    expect(await store.stat('empty')).toMatchObject({ bytes: 0 });
  });

  it('stores a large object, and tells how it goes on', async () => {
    const { store, unfinished } = place();
    const bytes = bytesOf(21 * megabyte + 13);
    let told = 0;
    const stored = await store.put('large', content(bytes), { onBytes: (count) => (told += count) });
    expect(stored).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
    expect(told).toBe(bytes.length);
    expect(await unfinished()).toEqual([]);
    expect((await read(await store.open('large'))).equals(bytes)).toBe(true);
    const across = { start: 8 * megabyte - 5, end: 16 * megabyte + 5 };
    expect(
      (await read(await store.open('large', across))).equals(bytes.subarray(across.start, across.end + 1)),
    ).toBe(true);
    await store.remove('large');
  });

  it('stores what nobody knows the length of', async () => {
    const { store } = place();
    const bytes = bytesOf(9 * megabyte, 2);
    const stored = await store.put('unknown-length', { ...content(bytes), bytes: null });
    expect(stored).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
    expect((await read(await store.open('unknown-length'))).equals(bytes)).toBe(true);
    await store.remove('unknown-length');
  });

  it('replaces what was there', async () => {
    const { store } = place();
    await store.put('twice', content('the first, which is longer'));
    await store.put('twice', content('the second'));
    expect((await read(await store.open('twice'))).toString()).toBe('the second');
    expect(await store.stat('twice')).toMatchObject({ bytes: 10 });
  });

  it('keeps one whole object when two are stored under one key at once', async () => {
    const { store } = place();
    const both = [bytesOf(300_000, 3), bytesOf(200_000, 4)];
    await Promise.all(both.map((bytes) => store.put('at-once', content(bytes))));
    const found = await read(await store.open('at-once'));
    expect(both.some((bytes) => bytes.equals(found))).toBe(true);
  });

  it.each([
    ['in the middle', { start: 2, end: 4 }, 'cde'],
    ['of the first byte', { start: 0, end: 0 }, 'a'],
    ['of the last byte', { start: 9, end: 9 }, 'j'],
    ['to behind the end', { start: 7, end: 1_000 }, 'hij'],
  ])('reads a range %s', async (_where, range, expected) => {
    const { store } = place();
    await store.put('ranges', content('abcdefghij'));
    expect((await read(await store.open('ranges', range))).toString()).toBe(expected);
  });

  it('refuses a range that begins behind the end', async () => {
    const { store } = place();
    await store.put('ranges', content('abcdefghij'));
    await expect(store.open('ranges', { start: 10, end: 12 })).rejects.toMatchObject({ code: 'bad-range' });
  });

  it('says that there is no such object', async () => {
    const { store } = place();
    await expect(store.open('nowhere/at-all')).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.open('nowhere/at-all', { start: 1, end: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await store.stat('nowhere/at-all')).toBeNull();
  });

  it('removes an object, and does not mind when it is gone already', async () => {
    const { store } = place();
    await store.put('short-lived', content('x'));
    await store.remove('short-lived');
    expect(await store.stat('short-lived')).toBeNull();
    await store.remove('short-lived');
    await store.remove('never/was');
  });

  it('is tried by writing, reading and removing something that nobody sees', async () => {
    const { store, unfinished } = place();
    await store.check();
    expect(await unfinished()).toEqual([]);
    for await (const { key } of store.walk('')) expect(key).not.toContain('holdfast');
  });
}
