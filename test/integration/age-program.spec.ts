import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Settings } from '../../src/config/settings.js';
import { EncryptionService } from '../../src/encryption/encryption.service.js';
import { isThere } from '../support/programs.js';

const withAge = isThere('age') && isThere('age-keygen') ? describe : describe.skip;

withAge('an encrypted copy and the program age (Debian: package age; skipped where it is missing)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-age-'));
  const at = (name: string) => join(folder, name);
  const age = (args: string[], input?: Buffer) =>
    execFileSync('age', args, { stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 16 * 1024 * 1024, input });

  /** A key as a person makes it; its public half. */
  function keygen(name: string): string {
    execFileSync('age-keygen', ['-o', at(name)], { stdio: 'ignore' });
    return execFileSync('age-keygen', ['-y', at(name)], { encoding: 'utf8' }).trim();
  }

  const ours = keygen('ours.txt');
  const safe = keygen('safe.txt');
  keygen('other.txt');
  writeFileSync(at('recipients.txt'), `# here\n${ours}\n# in the safe\n${safe}\n`);
  const encryption = new EncryptionService(
    new Settings({
      HOLDFAST_AGE_RECIPIENTS_FILE: at('recipients.txt'),
      HOLDFAST_AGE_IDENTITY_FILE: at('ours.txt'),
    }),
  );

  beforeAll(() => encryption.onModuleInit());
  afterAll(() => rmSync(folder, { recursive: true }));

  const sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 5_000_001];

  it.each(sizes)(
    'lets it open what we encrypted, of %d bytes, with either key and no other',
    async (bytes) => {
      const plain = randomBytes(bytes);
      const secret = await buffer(encryption.encrypt(Readable.from([plain], { objectMode: false })));
      expect(age(['-d', '-i', at('ours.txt')], secret).equals(plain)).toBe(true);
      expect(age(['-d', '-i', at('safe.txt')], secret).equals(plain)).toBe(true);
      expect(() => age(['-d', '-i', at('other.txt')], secret)).toThrow();
    },
  );

  it.each(sizes)('opens what it encrypted, of %d bytes', async (bytes) => {
    const plain = randomBytes(bytes);
    const secret = age(['-R', at('recipients.txt')], plain);
    const opened = await encryption.decrypt(Readable.from([secret], { objectMode: false }), [ours]);
    expect((await buffer(opened)).equals(plain)).toBe(true);
  });
});
