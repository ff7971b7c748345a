import { all, content, read } from '../content.js';
import type { StorageHarness, TestedPlace } from '../storage-harness.types.js';

const odd = [
  'with space/ at both ends /x.sql',
  'plus+and+plus.sql',
  'percent%20/100%.sql',
  'umlaut/übermäßig.sql',
  'decomposed/u\u0308ber.sql',
  'kanji/バックアップ.sql',
  'emoji/\u{1f5c4}.sql',
  `quotes/it's "this" & <that>.sql`,
  'web/a?b=c&d=e#f.sql',
  'brackets/[1] (2) {3} *4* !5.sql',
  'signs/~$@,;:=|^`.sql',
  'no-extension',
  'two..dots/and...three.sql',
  `long/${'a'.repeat(200)}/${'b'.repeat(200)}/${'c'.repeat(200)}/${'d'.repeat(200)}.sql`,
];

const hostile = [
  '',
  '/',
  '/etc/passwd',
  '..',
  '../outside',
  'a/../../outside',
  'a/./b',
  'a//b',
  'a/',
  'a\\..\\b',
  'nul\0byte',
  'line\nbreak',
  '.hidden',
  'a/.holdfast-working',
  'lone\ud800surrogate',
  'x'.repeat(256),
  `${'y/'.repeat(450)}y`,
];

export function keysSuite(place: () => TestedPlace, { links, longestName = Infinity }: StorageHarness): void {
  it.each(odd.filter((key) => key.length < longestName))('takes %j as it is', async (key) => {
    const { store } = place();
    await store.put(key, content(`content of ${key}`));
    const bytes = Buffer.byteLength(`content of ${key}`);
    expect((await read(await store.open(key))).toString()).toBe(`content of ${key}`);
    expect(await store.stat(key)).toMatchObject({ bytes });
    expect(await all(store.walk(key.slice(0, 12)))).toEqual([{ key, bytes }]);
    const link = await store.link(key, { seconds: 60, filename: 'backup.sql' });
    expect(link !== null).toBe(links);
    if (link !== null) expect(await (await fetch(link)).text()).toBe(`content of ${key}`);
    await store.remove(key);
    expect(await store.stat(key)).toBeNull();
  });

  for (const key of odd.filter(({ length }) => length >= longestName)) {
    it(`refuses a key of ${key.length} characters as too long`, async () => {
      await expect(place().store.put(key, content('x'))).rejects.toMatchObject({ code: 'bad-input' });
    });
  }

  it.each(hostile)('refuses %j', async (key) => {
    const { store } = place();
    const refused = { code: 'bad-input' };
    await expect(store.put(key, content('x'))).rejects.toMatchObject(refused);
    await expect(store.open(key)).rejects.toMatchObject(refused);
    await expect(store.stat(key)).rejects.toMatchObject(refused);
    await expect(store.remove(key)).rejects.toMatchObject(refused);
    await expect(store.link(key, { seconds: 60, filename: 'x' })).rejects.toMatchObject(refused);
    await expect(store.hold(key, true)).rejects.toMatchObject(refused);
  });
}
