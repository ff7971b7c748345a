import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as soon } from 'node:timers/promises';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { EncryptionService } from './encryption.service.js';

const kib = 1024;
const chunk = 64 * kib;

/** Bytes that repeat nowhere near. */
function content(bytes: number): Buffer {
  const made = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) made[at] = (at * 2654435761) >>> 13;
  return made;
}

/** In pieces that fit no boundary. */
const streamOf = (bytes: Buffer, piece = 10_007) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })(),
    { objectMode: false },
  );

async function keyPair() {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

async function service(recipients: string[], identities: string[]): Promise<EncryptionService> {
  const encryption = new EncryptionService(
    new Settings({
      HOLDFAST_AGE_RECIPIENTS: recipients.join(','),
      HOLDFAST_AGE_IDENTITIES: identities.join(','),
    }),
  );
  await encryption.onModuleInit();
  return encryption;
}

describe('encryption', () => {
  let ours: Awaited<ReturnType<typeof keyPair>>;
  let other: Awaited<ReturnType<typeof keyPair>>;
  let encryption: EncryptionService;

  beforeAll(async () => {
    [ours, other] = [await keyPair(), await keyPair()];
    encryption = await service([ours.recipient], [ours.identity]);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => jest.restoreAllMocks());

  const sealed = (bytes: Buffer, by = encryption) => buffer(by.encrypt(streamOf(bytes)));
  const opened = async (bytes: Buffer, by = encryption) =>
    buffer(await by.decrypt(streamOf(bytes), encryption.recipients));

  it.each([0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 1000 * kib + 1])(
    'gives %d bytes back as they were',
    async (bytes) => {
      const plain = content(bytes);
      const secret = await sealed(plain);
      expect(await encryption.sizeOf(bytes)).toBe(secret.length);
      expect(secret.subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
      // Few bytes stand in every file by chance.
      if (bytes > 64) expect(secret.includes(plain.subarray(0, 64))).toBe(false);
      expect((await opened(secret)).equals(plain)).toBe(true);
    },
  );

  it('opens with the key of each recipient, and an old key opens what is old', async () => {
    const plain = content(100);
    const secret = await sealed(plain, await service([ours.recipient, other.recipient], []));
    for (const { identity } of [ours, other]) {
      expect(await opened(secret, await service([], [identity]))).toEqual(plain);
    }
    const rotated = await service([other.recipient], [other.identity, ours.identity]);
    expect(await opened(await sealed(plain), rotated)).toEqual(plain);
  });

  it('names the keys that open it, when none is here', async () => {
    const stranger = await service([other.recipient], [other.identity]);
    const asked = stranger.decrypt(streamOf(await sealed(content(100))), encryption.recipients);
    await expect(asked).rejects.toMatchObject({
      code: 'key-missing',
      detail: expect.stringContaining(ours.recipient),
    });
  });

  it('knows what it could read back', async () => {
    expect(encryption.opens([other.recipient, ours.recipient])).toBe(true);
    expect(encryption.opens([other.recipient])).toBe(false);
    expect((await service([], [])).enabled).toBe(false);
  });

  it('says at its start that it cannot read its own copies back, and which keys can', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockClear();
    await service([ours.recipient], [ours.identity]);
    await service([], []);
    expect(warnings).not.toHaveBeenCalled();
    await service([ours.recipient], [other.identity]);
    expect(warnings).toHaveBeenCalledTimes(1);
    expect(warnings).toHaveBeenCalledWith(expect.stringContaining(ours.recipient));
  });

  it('does not encrypt for nobody', async () => {
    const nobody = await service([], [ours.identity]);
    await expect(nobody.sizeOf(1)).rejects.toMatchObject({ code: 'key-missing' });
    expect(() => nobody.encrypt(streamOf(content(1)))).toThrow(
      expect.objectContaining({ code: 'key-missing' }),
    );
  });

  it.each([1000, chunk, 2 * chunk])('never takes %d bytes that were cut for whole', async (bytes) => {
    const secret = await sealed(content(bytes));
    const header = secret.length - bytes - 16 * Math.ceil(bytes / chunk) - 16;
    const near = (place: number) => [-17, -16, -1, 0, 1, 15, 16, 17].map((step) => place + step);
    const cuts = [
      ...Array.from({ length: header + 20 }, (_, at) => at),
      ...near(header + 16 + chunk + 16),
      ...near(secret.length).filter((at) => at < secret.length),
    ];
    for (const cut of cuts.filter((at) => at < secret.length)) {
      await expect(opened(secret.subarray(0, cut))).rejects.toMatchObject({ code: 'artefact-damaged' });
    }
  });

  it('never takes a file with a changed bit, or with more behind it, for whole', async () => {
    const secret = await sealed(content(300));
    // Every fifth byte, each time another bit.
    for (let at = 0; at < secret.length; at += 5) {
      const changed = Buffer.from(secret);
      changed[at]! ^= 1 << (at % 8);
      await expect(opened(changed)).rejects.toMatchObject({ code: 'artefact-damaged' });
    }
    const longer = Buffer.concat([secret, Buffer.alloc(1)]);
    await expect(opened(longer)).rejects.toMatchObject({ code: 'artefact-damaged' });
  });

  it('gives up on a header that does not end', async () => {
    let bytes = 0;
    const endless = Readable.from(
      (function* () {
        yield Buffer.from('age-encryption.org/v1\n-> X25519 ');
        for (;;) {
          bytes += chunk;
          yield Buffer.alloc(chunk, 'a');
        }
      })(),
      { objectMode: false },
    );
    await expect(encryption.decrypt(endless, [])).rejects.toMatchObject({ code: 'artefact-damaged' });
    expect(bytes).toBeLessThan(20 * 1024 * kib);
    expect(endless.destroyed).toBe(true);
  });

  describe('between its ends', () => {
    const away = new DomainError('storage-unavailable', 'The bucket is away.');
    /** `bytes` come, and then it fails or hangs. */
    function broken(bytes: Buffer, end: 'fails' | 'hangs'): Readable {
      let isGiven = false;
      return new Readable({
        read() {
          if (!isGiven) this.push(bytes);
          else if (end === 'fails') this.destroy(away);
          isGiven = true;
        },
      });
    }

    it.each([0, 30, 250, 70_000])('tells of a source that fails after %d bytes', async (bytes) => {
      await expect(buffer(encryption.encrypt(broken(content(bytes + 1), 'fails')))).rejects.toBe(away);
      const secret = (await sealed(content(2 * chunk))).subarray(0, bytes + 1);
      const read = async () => buffer(await encryption.decrypt(broken(secret, 'fails'), []));
      await expect(read()).rejects.toBe(away);
    });

    it('tells of a source that failed before anybody read', async () => {
      const source = broken(content(1), 'hangs');
      const reader = encryption.encrypt(source);
      source.destroy(away);
      await expect(buffer(reader)).rejects.toBe(away);
    });

    it('ends a source whose reader goes away, even while the source hangs', async () => {
      const source = broken(content(chunk), 'hangs');
      const reader = encryption.encrypt(source);
      await once(reader, 'readable');
      reader.destroy();
      await once(source, 'close');

      const secret = await sealed(content(3 * chunk));
      const hanging = broken(secret.subarray(0, 2 * chunk), 'hangs');
      const plain = await encryption.decrypt(hanging, []);
      await once(plain, 'readable');
      plain.destroy();
      await once(hanging, 'close');
    });

    it('reads no more than its reader takes', async () => {
      let taken = 0;
      const endless = Readable.from(
        (function* () {
          for (;;) {
            taken += chunk;
            yield Buffer.alloc(chunk);
          }
        })(),
        { objectMode: false },
      );
      const reader = encryption.encrypt(endless);
      reader.read(1);
      for (let turn = 0; turn < 200; turn += 1) await soon();
      expect(taken).toBeLessThanOrEqual(12 * chunk);
      reader.destroy();
    });
  });
});
