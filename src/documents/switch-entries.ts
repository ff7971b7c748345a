import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, opendir, readdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../common/atomic-file.js';
import { boundedLines } from '../common/bounded-lines.js';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { reservedName } from './documents.types.js';

/** Where entries are moved: from `live` into `keep`, and from `from` into `live`. All on one file system. */
export interface SwitchPlaces {
  live: string;
  from: string;
  keep: string;
  /** Working files with the names of what leaves live, and of what comes. */
  out: string;
  into: string;
}

/** Names as their bytes, in latin1: of live, not all need be UTF-8. */
export type RawPath = string;

/** Everything that stands at the top of a folder. */
export async function* topOf(folder: string): AsyncGenerator<RawPath> {
  for await (const { name } of await opendir(folder, { encoding: 'latin1' })) {
    if (name !== reservedName) yield name;
  }
}

/** Writes down, durably, what has to be moved; from then on `forward` and `backward` can be called as often as need be. */
export async function planMoves(
  { out, into }: SwitchPlaces,
  moves: { out: AsyncIterable<RawPath>; into: AsyncIterable<RawPath> },
): Promise<void> {
  await writeNames(out, moves.out);
  await writeNames(into, moves.into);
}

/** Moves what is to leave, then what is to come. What was moved already stays. */
export async function forward({ live, from, keep, out, into }: SwitchPlaces): Promise<void> {
  const [left, come] = [new Moves(live, keep), new Moves(from, live)];
  for await (const name of namesIn(out)) if (!(await isThere(keep, name))) await left.move(name);
  await left.end();
  for await (const name of namesIn(into)) await come.move(name);
  await come.end();
}

/** The same the other way round. */
export async function backward({ live, from, keep, out, into }: SwitchPlaces): Promise<void> {
  const [left, come] = [new Moves(live, from), new Moves(keep, live)];
  for await (const name of namesIn(into)) if (!(await isThere(from, name))) await left.move(name);
  await left.end();
  for await (const name of namesIn(out)) await come.move(name);
  await come.end();
}

/** Renames from one root to another; durable at the end. */
class Moves {
  #unsynced: RawPath | null = null;

  constructor(
    private readonly source: string,
    private readonly target: string,
  ) {}

  /** What is not there was moved before, or went by itself. */
  async move(name: RawPath): Promise<void> {
    if (!(await isThere(this.source, name))) return;
    const folders = name.split('/').slice(0, -1);
    const folder = folders.join('/');
    if (folder !== this.#unsynced) {
      await this.end();
      await makeFolders(this.target, folders);
    }
    const place = at(this.target, name);
    await removeEmpty(place);
    try {
      await rename(at(this.source, name), place);
    } catch (error) {
      throw inTheWay(name, error);
    }
    this.#unsynced = folder;
  }

  async end(): Promise<void> {
    if (this.#unsynced === null) return;
    const handle = await open(at(this.target, this.#unsynced), 'r');
    await handle.sync().finally(() => handle.close());
    this.#unsynced = null;
  }
}

/** None may be a link: it would lead elsewhere. */
async function makeFolders(root: string, names: readonly RawPath[]): Promise<void> {
  for (let depth = 1; depth <= names.length; depth += 1) {
    const name = names.slice(0, depth).join('/');
    const found = await look(root, name);
    if (found?.isDirectory()) continue;
    if (found) throw inTheWay(name);
    await mkdir(at(root, name));
  }
}

/** A folder in which nothing is left may not keep a file from its place. */
async function removeEmpty(place: Buffer): Promise<void> {
  const found = await lstat(place).catch(nullIfMissing);
  if (!found?.isDirectory()) return;
  for (const name of await readdir(place, { encoding: 'latin1' })) {
    const below = Buffer.concat([place, Buffer.from(`/${name}`, 'latin1')]);
    if (!(await lstat(below)).isDirectory()) return;
    await removeEmpty(below);
  }
  await rmdir(place).catch((error: unknown) => {
    if (errorCodeOf(error) !== 'ENOTEMPTY') throw error;
  });
}

async function isThere(root: string, name: RawPath): Promise<boolean> {
  return (await look(root, name)) !== null;
}

function look(root: string, name: RawPath) {
  return lstat(at(root, name)).catch(nullIfMissing);
}

function nullIfMissing(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '')) return null;
  throw error;
}

function at(root: string, name: RawPath): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
}

async function writeNames(path: string, names: AsyncIterable<RawPath>): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await writeAll(file, names);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(join(path, '..'));
}

async function writeAll(file: FileHandle, names: AsyncIterable<RawPath>): Promise<void> {
  let pending = '';
  for await (const name of names) {
    pending += `${JSON.stringify(name)}\n`;
    if (pending.length < 1024 * 1024) continue;
    await file.appendFile(pending);
    pending = '';
  }
  await file.appendFile(pending);
}

/** None where there is no such list: nothing was moved then. */
async function* namesIn(path: string): AsyncGenerator<RawPath> {
  const stream = createReadStream(path);
  try {
    for await (const line of boundedLines(stream, Infinity, () => new Error('unbounded'))) {
      yield safe(JSON.parse(line.toString('utf8')));
    }
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
  } finally {
    stream.destroy();
  }
}

/** It stands where an application can write: it must not lead out of the folder either. */
function safe(name: unknown): RawPath {
  const segments = typeof name === 'string' ? name.split('/') : [];
  const isPlain = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (typeof name === 'string' && isPlain && segments[0] !== reservedName && !name.includes('\0'))
    return name;
  throw new DomainError('restore-failed', 'What a restore of documents wrote down was changed by somebody.');
}

function inTheWay(name: RawPath, cause?: unknown): DomainError {
  const said = Buffer.from(name, 'latin1').toString('utf8');
  const why = errorCodeOf(cause);
  const detail = `Something stands in the way of the document ${said}${why ? ` (${why})` : ''}.`;
  return new DomainError('restore-failed', detail, { cause });
}
