import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { publishFile, workingName, writeFileAtomically, writeNewFile } from './atomic-file.js';

describe('a finished file', () => {
  let folder: string;
  let final: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-file-'));
    final = join(folder, 'backup.sql');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('appears under its name, and its working name is gone', async () => {
    const working = workingName(final);
    await writeFile(working, 'ours');
    await publishFile(working, final);
    expect(await readdir(folder)).toEqual(['backup.sql']);
    expect(await readFile(final, 'utf8')).toBe('ours');
  });

  it('never replaces another one of that name', async () => {
    await writeFile(final, 'theirs');
    const working = workingName(final);
    await writeFile(working, 'ours');
    await expect(publishFile(working, final)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(final, 'utf8')).toBe('theirs');
  });

  it('of two that are published under one name at once, one is kept whole and the other refused', async () => {
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map(async (content) => {
        const working = workingName(final);
        await writeFile(working, content);
        await publishFile(working, final);
        return content;
      }),
    );
    const published = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(published).toEqual([await readFile(final, 'utf8')]);
  });

  it('that is small and ours alone is replaced whole', async () => {
    await writeFileAtomically(final, 'old');
    await writeFileAtomically(final, 'new');
    expect(await readFile(final, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['backup.sql']);
  });

  it('that could not be written is there before the failure is told: who removes it then removes it for good', async () => {
    for (let round = 0; round < 300; round += 1) {
      const broken = new Readable({ read: () => broken.destroy(new Error('broken')) });
      await expect(writeNewFile(final, broken, 0o600)).rejects.toThrow('broken');
      await rm(final);
    }
    await new Promise(setImmediate);
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails with what went wrong before its content was read', async () => {
    const broken = new Readable({ read: () => undefined });
    process.nextTick(() => broken.destroy(new Error('broken early')));
    await expect(writeNewFile(final, broken, 0o600)).rejects.toThrow('broken early');
  });

  it('takes no name that something has', async () => {
    await writeFile(final, 'old');
    const content = Readable.from(['new']);
    await expect(writeNewFile(final, content, 0o600)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(content.destroyed).toBe(true);
    expect(await readFile(final, 'utf8')).toBe('old');
  });
});
