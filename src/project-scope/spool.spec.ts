import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool } from './spool.js';

describe('a spool of lines', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-spool-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function written(lines: readonly string[]): Promise<Spool> {
    const spool = new Spool(join(folder, 'lines'));
    for (const line of lines) await spool.add(line);
    await spool.end();
    return spool;
  }

  async function batchesOf(spool: Spool, lines: number, characters: number): Promise<string[][]> {
    const found: string[][] = [];
    for await (const batch of spool.batches(lines, characters)) found.push(batch);
    return found;
  }

  it('gives back what it was given, in order, as often as asked', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `["${index} \u2028 \u0085 ä 😀"]`);
    const spool = await written(lines);
    expect((await batchesOf(spool, 300, 1e9)).map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    expect((await batchesOf(spool, 300, 1e9)).flat()).toEqual(lines);
  });

  it('bounds its batches by characters, but never holds a line back', async () => {
    const spool = await written(['a'.repeat(50), 'b', 'c'.repeat(8), 'd', 'e'.repeat(3_000_000), 'f']);
    const sizes = (await batchesOf(spool, 100, 10)).map((batch) => batch.map(({ length }) => length));
    expect(sizes).toEqual([[50], [1, 8, 1], [3_000_000], [1]]);
  });

  it('is empty, and no file, when nothing was added', async () => {
    expect(await batchesOf(await written([]), 10, 10)).toEqual([]);
  });

  it('fails where it is asked, not the whole process, when it cannot write', async () => {
    const spool = new Spool(join(folder, 'missing', 'lines'));
    await spool.add('[1]');
    await expect(spool.end()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  // /dev/full says "no space left" to every write; only Linux has it.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('says that the disk is full', async () => {
    const spool = new Spool('/dev/full');
    await spool.add('[1]');
    await expect(spool.end()).rejects.toMatchObject({ code: 'no-space' });
  });
});
