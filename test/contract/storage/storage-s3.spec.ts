import { all, bytesOf, content, read, sha256 } from './content.js';
import { FaultyLine } from '../../faults/kit/line.js';
import { createBucket, type TestedBucket } from './s3.harness.js';
import { storageContract } from './storage.suite.js';

const megabyte = 1024 * 1024;

describe('S3, a whole bucket', () =>
  storageContract({ createPlace: createBucket, links: true, holds: false }));

describe('S3', () => {
  let bucket: TestedBucket;
  const gate = () => bucket.server.gate;

  beforeAll(async () => {
    bucket = await createBucket();
  });

  beforeEach(() => {
    gate().seen.length = 0;
    gate().refuse = () => null;
    gate().alter = (body) => body;
  });

  afterAll(() => bucket?.close());

  it('stays under its prefix', async () => {
    const store = bucket.storeWith({ prefix: 'production/app' });
    await bucket.store.put('production/application', content('of others'));
    const { url } = await store.put('full/backup.sql', content('x'));
    expect(store.location).toBe(`s3://${bucket.server.bucket}/production/app`);
    expect(url).toBe(`${bucket.server.endpoint}/${bucket.server.bucket}/production/app/full/backup.sql`);
    expect(await all(store.walk(''))).toEqual([{ key: 'full/backup.sql', bytes: 1 }]);
    expect(await bucket.store.stat('production/app/full/backup.sql')).toMatchObject({ bytes: 1 });
  });

  describe('what the server verifies', () => {
    it('is every byte of every part: its SHA-256, signed, and its CRC32', async () => {
      await bucket.store.put('parts', content(bytesOf(17 * megabyte)));
      const parts = gate().seen.filter(({ query }) => query.has('partNumber'));
      expect(parts.map(({ bytes }) => bytes).sort()).toEqual([megabyte, 8 * megabyte, 8 * megabyte]);
      for (const { checked } of parts) {
        expect(checked).toEqual(expect.arrayContaining(['x-amz-content-sha256', 'x-amz-checksum-crc32']));
      }
    });

    it('is a small object, too', async () => {
      await bucket.store.put('small', content('x'));
      const [put] = gate().seen.filter(({ method }) => method === 'PUT');
      expect(put!.checked).toEqual(expect.arrayContaining(['x-amz-content-sha256', 'x-amz-checksum-crc32']));
    });

    it.each([
      ['small', 1_000],
      ['large', 17 * megabyte],
    ])('shows one altered byte of a %s object; nothing is kept', async (_what, count) => {
      await bucket.store.put('altered', content('what was there'));
      gate().alter = (body, { method }) => {
        const changed = Buffer.from(body);
        if (method === 'PUT') changed[changed.length - 7]! ^= 1;
        return changed;
      };
      const failed = bucket.store.put('altered', content(bytesOf(count)));
      await expect(failed).rejects.toMatchObject({ code: 'artefact-damaged' });
      gate().alter = (body) => body;
      expect((await read(await bucket.store.open('altered'))).toString()).toBe('what was there');
      expect(await bucket.unfinished()).toEqual([]);
    });
  });

  describe('on a bad line', () => {
    let line: FaultyLine;

    beforeEach(async () => {
      line = await FaultyLine.to(bucket.server.endpoint);
    });

    afterEach(() => line.close());

    it('sends parts again whose connection was cut, and not the whole object', async () => {
      const bytes = bytesOf(25 * megabyte);
      const store = bucket.storeWith({ endpoint: line.url.replace(/\/$/, '') });
      const cuts = [5, 12, 19].map((at) => at * megabyte);
      let told = 0;
      const onBytes = (count: number) => (told += count);
      line.cutAfter(cuts.shift()!);
      const watch = setInterval(() => {
        if (cuts.length > 0 && line.bytesPassed > cuts[0]!) {
          cuts.shift();
          line.cut();
        }
      }, 5);
      const stored = await store.put('cut', content(bytes), { onBytes });
      clearInterval(watch);
      expect(cuts).toEqual([]);
      expect(stored.sha256).toBe(sha256(bytes));
      expect((await read(await bucket.store.open('cut'))).equals(bytes)).toBe(true);
      expect(told).toBe(bytes.length);
      expect(line.bytesPassed).toBeLessThan(2 * bytes.length);
      await bucket.store.remove('cut');
    });

    it('gives up a connection on which nothing moves', async () => {
      const store = bucket.storeWith({ endpoint: line.url.replace(/\/$/, ''), stallMs: 1_000 });
      await store.stat('anything');
      line.freeze();
      await expect(store.put('frozen', content('x'))).rejects.toMatchObject({ code: 'storage-unavailable' });
    });
  });

  it('tries again what the server cannot do for now', async () => {
    let times = 2;
    gate().refuse = () => (times-- > 0 ? [503, 'SlowDown'] : null);
    await bucket.store.put('busy', content('x'));
    expect(gate().seen.map(({ status }) => status)).toEqual([503, 503, 200, 200]);
  });

  it.each([
    ['an unknown key', { accessKeyId: 'AKUNKNOWN', secretAccessKey: 'hunter2' }, 'InvalidAccessKeyId'],
    [
      'a wrong secret',
      { accessKeyId: 'AKTESTHOLDFAST', secretAccessKey: 'hunter2' },
      'SignatureDoesNotMatch',
    ],
  ])('is told by the server of %s, and repeats neither', async (_what, credentials, code) => {
    const failed: unknown = await all(bucket.storeWith({ credentials }).walk('')).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'storage-unavailable', detail: expect.stringContaining(code) });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
    expect(JSON.stringify(failed)).not.toContain(credentials.accessKeyId);
  });

  it('takes a bucket that does not exist for no empty one', async () => {
    const store = bucket.storeWith({ bucket: 'of-nobody' });
    const unavailable = { code: 'storage-unavailable' };
    await expect(all(store.walk(''))).rejects.toMatchObject(unavailable);
    await expect(store.stat('x')).rejects.toMatchObject(unavailable);
    await expect(store.remove('x')).rejects.toMatchObject(unavailable);
    await expect(store.put('x', content('x'))).rejects.toMatchObject(unavailable);
  });

  it('signs links for the public address, which may be another than it talks to', async () => {
    const line = await FaultyLine.to(bucket.server.endpoint);
    const store = bucket.storeWith({ publicEndpoint: line.url.replace(/\/$/, '') });
    await store.put('public', content('over the public address'));
    expect(line.bytesPassed).toBe(0);
    const link = await store.link('public', { seconds: 60, filename: 'x' });
    expect(link.startsWith(line.url)).toBe(true);
    expect(await (await fetch(link)).text()).toBe('over the public address');
    line.close();
  });

  it('ends uploads that began more than a week ago', async () => {
    const now = new Date();
    const inAWeek = new Date(now.getTime() + 8 * 24 * 3_600_000);
    const clockAt = (time: Date) => ({ now: () => time, monotonicMs: () => 0 });
    gate().refuse = ({ method, url = '' }) =>
      url.includes('uploadId') && method !== 'POST' ? [403, 'AccessDenied'] : null;
    await expect(bucket.store.put('given-up', content(bytesOf(9 * megabyte)))).rejects.toMatchObject({
      detail: expect.stringContaining('AccessDenied'),
    });
    gate().refuse = () => null;
    expect(await bucket.unfinished()).toEqual(['given-up']);
    expect(await bucket.storeWith({ clock: clockAt(now) }).sweep()).toBe(0);
    expect(await bucket.storeWith({ clock: clockAt(inAWeek) }).sweep()).toBe(1);
    expect(await bucket.unfinished()).toEqual([]);
  });
});

describe('S3, a bucket without object lock', () => {
  it('refuses to take for locked what is not', async () => {
    const bucket = await createBucket();
    const failed = bucket.storeWith({ lockDays: 30 }).put('not-locked', content('x'));
    await expect(failed).rejects.toMatchObject({
      detail: expect.stringContaining('did not lock'),
      mayPass: false,
    });
    expect(await bucket.store.stat('not-locked')).toBeNull();
    await bucket.close();
  });
});

/** The gate plays object lock: s3rver has none. What is shown is that the right things are asked for. */
describe('S3, a bucket with object lock', () => {
  let bucket: TestedBucket;

  beforeAll(async () => {
    bucket = await createBucket({ lock: true });
  });

  afterAll(() => bucket?.close());

  it('keeps an object by a legal hold until told otherwise', async () => {
    const { store } = bucket;
    await store.put('held', content('to stay'));
    expect(await store.hold('held', true)).toBe(true);
    await expect(store.remove('held')).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.stat('held')).toMatchObject({ bytes: 7 });
    expect(await store.hold('held', false)).toBe(true);
    await store.remove('held');
    expect(await store.stat('held')).toBeNull();
    await expect(store.hold('held', true)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['a small object', 100],
    ['one of several parts', 9 * megabyte],
  ])('locks %s for the days that are set', async (_what, count) => {
    const store = bucket.storeWith({ lockDays: 30 });
    bucket.server.gate.seen.length = 0;
    await store.put('locked', content(bytesOf(count)));
    const [first] = bucket.server.gate.seen;
    expect(first!.headers['x-amz-object-lock-mode']).toBe('GOVERNANCE');
    const until = Date.parse(String(first!.headers['x-amz-object-lock-retain-until-date']));
    expect(Math.abs(until - new Date().getTime() - 30 * 24 * 3_600_000)).toBeLessThan(60_000);
    await expect(store.remove('locked')).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('retention until'),
    });
  });

  it('is tried without leaving anything that is locked', async () => {
    await bucket.storeWith({ lockDays: 30 }).check();
    expect((await all(bucket.store.walk(''))).map(({ key }) => key)).toEqual(['locked']);
  });
});
