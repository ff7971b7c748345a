import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { DownloadLimits } from './download-limits.service.js';

const limitsOf = (settings: Record<string, string>) =>
  new DownloadLimits(new Settings(settings), new Clock());

describe('what strangers may take', () => {
  it('is so many requests a minute from one address, and then it is told when to come again', async () => {
    const limits = limitsOf({ HOLDFAST_DUMP_REQUESTS_PER_MINUTE: '2' });
    await limits.request('192.0.2.1');
    await limits.request('192.0.2.1');
    const refusal = { code: 'rate-limited', retryAfterSeconds: expect.any(Number) };
    await expect(limits.request('192.0.2.1')).rejects.toMatchObject(refusal);
    await expect(limits.request('192.0.2.77')).resolves.toBeUndefined();
  });

  it('is so many downloads at once to one address', async () => {
    const limits = limitsOf({ HOLDFAST_DUMP_DOWNLOADS_AT_ONCE: '1' });
    let end = () => undefined as void;
    const first = limits.during('192.0.2.1', () => new Promise<void>((resolve) => (end = resolve)));
    const another = () => limits.during('192.0.2.1', () => Promise.resolve('ok'));
    await expect(another()).rejects.toMatchObject({ code: 'rate-limited', retryAfterSeconds: 10 });
    await expect(limits.during('192.0.2.2', () => Promise.resolve('ok'))).resolves.toBe('ok');
    end();
    await first;
    await expect(another()).resolves.toBe('ok');
  });

  it.each(['HOLDFAST_DUMP_KB_PER_SECOND', 'HOLDFAST_DUMP_KB_PER_SECOND_PER_ADDRESS'])(
    'is so many bytes a second, by %s',
    async (setting) => {
      const limits = limitsOf({ [setting]: '100' });
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const pieces = Array.from({ length: 5 }, () => Buffer.alloc(10 * 1024));
      const clock = new Clock();
      const before = clock.monotonicMs();
      await limits.during('192.0.2.1', (through) => pipeline(Readable.from(pieces), through, nowhere));
      // The first of five pieces, a tenth of a second each, does not wait.
      expect(clock.monotonicMs() - before).toBeGreaterThan(390);
    },
  );
});
