import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings } from './settings.js';

async function keyPair() {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** As a person mistypes it: the form is right, the checksum is not. */
function mistyped(key: string): string {
  const other = key.toLowerCase().endsWith('q') ? 'p' : 'q';
  return key.slice(0, -1) + (key.startsWith('age') ? other : other.toUpperCase());
}

describe('settings of encryption', () => {
  let folder: string;
  let one: Awaited<ReturnType<typeof keyPair>>;
  let two: Awaited<ReturnType<typeof keyPair>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
    [one, two] = [await keyPair(), await keyPair()];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function fileOf(text: string, mode = 0o600): Promise<string> {
    const path = join(folder, 'keys');
    await writeFile(path, text, { mode });
    return path;
  }

  function refusal(environment: Record<string, string>): string {
    try {
      new Settings(environment);
    } catch (error) {
      return String(error);
    }
    return 'none';
  }

  it('are absent without a word', () => {
    const { env } = new Settings({});
    expect(env.HOLDFAST_AGE_RECIPIENTS).toBeUndefined();
    expect(env.HOLDFAST_AGE_IDENTITY_FILE).toBeUndefined();
  });

  it('take several keys from a variable', () => {
    const { env } = new Settings({
      HOLDFAST_AGE_RECIPIENTS: `${one.recipient}, ${two.recipient},${one.recipient}`,
      HOLDFAST_AGE_IDENTITIES: `${one.identity}\n${two.identity}`,
    });
    expect(env.HOLDFAST_AGE_RECIPIENTS).toEqual([one.recipient, two.recipient]);
    expect(env.HOLDFAST_AGE_IDENTITIES).toEqual([one.identity, two.identity]);
  });

  it('take several keys from a file as age-keygen writes it', async () => {
    const identities = await fileOf(
      `# created: 2026-01-01\n# public key: ${one.recipient}\n${one.identity}\r\n\n${two.identity}\n`,
    );
    const { env } = new Settings({ HOLDFAST_AGE_IDENTITY_FILE: identities });
    expect(env.HOLDFAST_AGE_IDENTITY_FILE).toEqual([one.identity, two.identity]);
    const recipients = await fileOf(`# the safe in the office\n${one.recipient}\n`, 0o644);
    expect(new Settings({ HOLDFAST_AGE_RECIPIENTS_FILE: recipients }).env).toMatchObject({
      HOLDFAST_AGE_RECIPIENTS_FILE: [one.recipient],
    });
  });

  it.each([
    ['a secret key among the public ones', 'HOLDFAST_AGE_RECIPIENTS', () => one.identity],
    ['a public key among the secret ones', 'HOLDFAST_AGE_IDENTITIES', () => one.recipient],
    ['a mistyped public key', 'HOLDFAST_AGE_RECIPIENTS', () => mistyped(one.recipient)],
    ['a mistyped secret key', 'HOLDFAST_AGE_IDENTITIES', () => mistyped(one.identity)],
    ['one bad key among good ones', 'HOLDFAST_AGE_RECIPIENTS', () => `${one.recipient},age1x`],
    ['nothing but commas', 'HOLDFAST_AGE_RECIPIENTS', () => ', ,'],
    ['a key of ssh', 'HOLDFAST_AGE_RECIPIENTS', () => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== me'],
  ])('refuse %s, and do not repeat it', (_what, variable, value) => {
    const said = refusal({ [variable]: value() });
    expect(said).toContain(`${variable} must be`);
    for (const part of value()
      .split(/[ ,]+/)
      .filter((word) => word.length > 6)) {
      expect(said).not.toContain(part);
    }
  });

  it('refuse a file without keys, and one that is not there', async () => {
    const path = await fileOf('# nothing yet\n');
    expect(refusal({ HOLDFAST_AGE_RECIPIENTS_FILE: path })).toContain('HOLDFAST_AGE_RECIPIENTS_FILE must be');
    expect(refusal({ HOLDFAST_AGE_IDENTITY_FILE: `${path}-of-old` })).toContain(
      'HOLDFAST_AGE_IDENTITY_FILE names a file that cannot be read (ENOENT)',
    );
  });

  it('refuse secret keys in a file that others may read', async () => {
    const path = await fileOf(one.identity, 0o644);
    const said = refusal({ HOLDFAST_AGE_IDENTITY_FILE: path });
    expect(said).toContain('HOLDFAST_AGE_IDENTITY_FILE names a file that others may read');
    expect(said).not.toContain(one.identity);
  });
});
