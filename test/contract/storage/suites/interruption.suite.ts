import { Readable } from 'node:stream';
import { bytesOf, content, read } from '../content.js';
import type { TestedPlace } from '../storage-harness.types.js';

const megabyte = 1024 * 1024;
const whole = bytesOf(18 * megabyte, 5);

/** Ends in the middle: with an error, too early, too late, or by `cut`. */
function broken(after: number, end: () => void | Promise<void> | Buffer) {
  async function* pieces() {
    for (let at = 0; at < after; at += megabyte) yield whole.subarray(at, Math.min(at + megabyte, after));
    const more = await end();
    if (more) yield more;
  }
  return () => Promise.resolve(Readable.from(pieces(), { objectMode: false }));
}

export function interruptionSuite(place: () => TestedPlace): void {
  /** The object that was there is still the one, and nothing else was left. */
  async function expectUntouched(key: string): Promise<void> {
    const { store, unfinished } = place();
    expect((await read(await store.open(key))).toString()).toBe('what was there');
    expect(await unfinished()).toEqual([]);
  }

  beforeEach(() => place().store.put('interrupted', content('what was there')));

  it.each([
    ['before its first byte', 0],
    ['after some bytes', 100],
    ['after parts of it were sent', 17 * megabyte],
  ])('leaves nothing when the source fails %s', async (_when, after) => {
    const open = broken(after, () => {
      throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    });
    const failed = place().store.put('interrupted', { open, bytes: whole.length });
    await expect(failed).rejects.toMatchObject({
      code: 'storage-unavailable',
      detail: expect.stringContaining('EIO'),
    });
    await expectUntouched('interrupted');
  });

  it('leaves nothing when the source cannot be opened', async () => {
    const open = () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
    const failed = place().store.put('interrupted', { open, bytes: 3 });
    await expect(failed).rejects.toMatchObject({ detail: expect.stringContaining('ENOENT') });
    await expectUntouched('interrupted');
  });

  it.each([
    ['shorter', 17 * megabyte],
    ['shorter, and small,', 10],
    ['empty and not', 0],
  ])('leaves nothing when the source is %s than was said', async (_how, after) => {
    const failed = place().store.put('interrupted', {
      open: broken(after, () => undefined),
      bytes: whole.length,
    });
    await expect(failed).rejects.toMatchObject({ code: 'artefact-damaged' });
    await expectUntouched('interrupted');
  });

  it('leaves nothing when the source is longer than was said', async () => {
    const open = broken(whole.length, () => Buffer.from('!'));
    const failed = place().store.put('interrupted', { open, bytes: whole.length });
    await expect(failed).rejects.toMatchObject({ code: 'artefact-damaged' });
    await expectUntouched('interrupted');
  });

  it('leaves nothing when it is cancelled', async () => {
    const cancel = new AbortController();
    const open = broken(17 * megabyte, () => {
      setImmediate(() => cancel.abort());
      return new Promise(() => undefined);
    });
    const failed = place().store.put('interrupted', { open, bytes: whole.length }, { signal: cancel.signal });
    await expect(failed).rejects.toMatchObject({ code: 'cancelled' });
    await expectUntouched('interrupted');
  });

  it('does not begin when it was cancelled before', async () => {
    const failed = place().store.put('interrupted', content('x'), { signal: AbortSignal.abort() });
    await expect(failed).rejects.toMatchObject({ code: 'cancelled' });
    await expectUntouched('interrupted');
  });
}
