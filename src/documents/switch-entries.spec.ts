import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { backward, forward, planMoves, type SwitchPlaces, topOf } from './switch-entries.js';

describe('the switch of documents', () => {
  let root: string;
  let places: SwitchPlaces;
  const folder = (name: string) => join(root, name);

  const fill = async (where: string, files: Record<string, string>) => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(where, path)), { recursive: true });
      await writeFile(join(where, path), content);
    }
  };
  const seen = async (where: string) => {
    const found = await readdir(where, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const pairs = files
      .sort()
      .map(async (path) => [path.slice(where.length + 1), await readFile(path, 'utf8')]);
    return Object.fromEntries(await Promise.all(pairs));
  };
  const before = { 'a/x': 'old', b: 'old', 'c/y': 'old', d: 'old', 'same/z': 'old' };
  const wanted = { a: 'new', 'b/x': 'new', e: 'new', 'same/z': 'new' };

  const begin = async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-switch-'));
    places = {
      live: folder('live'),
      from: folder('new'),
      keep: folder('old'),
      out: folder('out.jsonl'),
      into: folder('into.jsonl'),
    };
    for (const name of ['live', 'new', 'old']) await mkdir(folder(name));
    await fill(places.live, before);
    await fill(places.from, wanted);
  };
  const end = () => rm(root, { recursive: true, force: true });
  beforeEach(begin);
  afterEach(end);

  const everything = () => planMoves(places, { out: topOf(places.live), into: topOf(places.from) });
  /** As after a crash that came when so many of the moves were made. */
  const crashAfter = async (moves: number) => {
    const lists = { out: await readFile(places.out, 'utf8'), into: await readFile(places.into, 'utf8') };
    const [out, into] = [lists.out, lists.into].map((text) => text.split('\n').filter((line) => line !== ''));
    const cut = (lines: string[] = [], count: number) =>
      lines
        .slice(0, count)
        .map((line) => `${line}\n`)
        .join('');
    await writeFile(places.out, cut(out, moves));
    await writeFile(places.into, cut(into, Math.max(0, moves - (out?.length ?? 0))));
    await forward(places);
    await writeFile(places.out, lists.out);
    await writeFile(places.into, lists.into);
    return (out?.length ?? 0) + (into?.length ?? 0);
  };

  it('puts everything in place, and keeps everything that was there', async () => {
    await everything();
    await forward(places);
    expect([await seen(places.live), await seen(places.keep)]).toEqual([wanted, before]);
    expect(await readdir(places.from)).toEqual([]);
  });

  it('comes to its end, or back, from whatever move it was interrupted after', async () => {
    for (let moves = 0, all = 1; moves <= all; moves += 1) {
      for (const [finish, live] of [
        [forward, wanted],
        [backward, before],
      ] as const) {
        await end();
        await begin();
        await everything();
        all = await crashAfter(moves);
        await finish(places);
        await finish(places);
        expect([moves, await seen(places.live)]).toEqual([moves, live]);
      }
    }
  });

  it('moves single files, and leaves the others where they are', async () => {
    const of = async function* (...names: string[]) {
      yield* names;
    };
    await planMoves(places, { out: of('a/x', 'same/z'), into: of('a', 'same/z') });
    await forward(places);
    expect(await seen(places.live)).toEqual({ a: 'new', b: 'old', 'c/y': 'old', d: 'old', 'same/z': 'new' });
    await backward(places);
    expect(await seen(places.live)).toEqual(before);
  });

  it('moves names that are not UTF-8 as they are', async () => {
    const name = Buffer.from(`${places.live}/\xff\xfe`, 'latin1');
    await writeFile(name, 'of another time');
    await everything();
    await forward(places);
    expect((await readdir(places.keep, { encoding: 'buffer' })).some((one) => one.includes(0xff))).toBe(true);
    await backward(places);
    expect(await readFile(name, 'utf8')).toBe('of another time');
  });

  it('follows no link out of the folder, and no name that leads out of it', async () => {
    const of = async function* (...names: string[]) {
      yield* names;
    };
    await fill(places.from, { 'linked/escaped': 'new' });
    await mkdir(folder('elsewhere'));
    await symlink(folder('elsewhere'), join(places.live, 'linked'));
    await planMoves(places, { out: of(), into: of('linked/escaped') });
    await expect(forward(places)).rejects.toThrow(/in the way/);
    for (const name of ['../escaped', 'a/../../escaped', '/escaped', '', 'a//b', '.holdfast/x']) {
      await planMoves(places, { out: of(name), into: of(name) });
      await expect(forward(places)).rejects.toThrow(/changed by somebody/);
      await expect(backward(places)).rejects.toThrow(/changed by somebody/);
    }
    expect(await readdir(folder('elsewhere'))).toEqual([]);
  });
});
