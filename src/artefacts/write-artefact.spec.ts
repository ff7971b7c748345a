import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { findPrograms } from '../common/programs.js';
import { LocalStorage } from '../storage/local/local-storage.js';
import { writeArtefact } from './write-artefact.js';

const zstd = { compression: 'zstd', stallMs: 10_000 } as const;

describe('an artefact that cannot be written', () => {
  const path = process.env['PATH'];
  let folder: string;
  let store: LocalStorage;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-artefact-'));
    store = new LocalStorage(folder);
    const [program] = await findPrograms('zstd');
    if (!program) throw new Error('This test needs the program zstd on the PATH');
    // Around the real program: it says that it was started, and as which process.
    await writeFile(join(folder, 'zstd'), `#!/bin/sh\necho $$ > '${folder}/.pid'\nexec '${program}' "$@"\n`);
    await chmod(join(folder, 'zstd'), 0o755);
    process.env['PATH'] = `${folder}${delimiter}${path ?? ''}`;
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true, force: true });
  });

  const write = (chunks: Iterable<Buffer> | AsyncIterable<Buffer>) =>
    writeArtefact(store, 'a.sql.zst', [{ name: 'tables', open: async () => Readable.from(chunks) }], zstd);

  it('starts no compressor when the storage takes nothing', async () => {
    await writeFile(join(folder, 'a.sql.zst'), 'another one');
    await expect(write([Buffer.from('x')])).rejects.toMatchObject({ code: 'conflict' });
    expect(existsSync(join(folder, '.pid'))).toBe(false);
    expect(await readFile(join(folder, 'a.sql.zst'), 'utf8')).toBe('another one');
  });

  it('leaves no compressor running, and no file, when its source fails', async () => {
    const failing = async function* () {
      yield Buffer.from('x');
      while (!existsSync(join(folder, '.pid'))) await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('the source broke');
    };
    await expect(write(failing())).rejects.toThrow('the source broke');
    const pid = Number(await readFile(join(folder, '.pid'), 'utf8'));
    await expect(ended(pid)).resolves.toBe(true);
    store.close();
    expect((await readdir(folder)).sort()).toEqual(['.pid', 'zstd']);
  });

  it('leaves no file when there is no compressor', async () => {
    process.env['PATH'] = '/nonexistent';
    await expect(write([Buffer.from('x')])).rejects.toMatchObject({ code: 'dump-tool-missing' });
    store.close();
    expect((await readdir(folder)).sort()).toEqual(['zstd']);
  });
});

async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}
