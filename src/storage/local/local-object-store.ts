import { createReadStream, type Stats } from 'node:fs';
import { access, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { syncFolder, workingPrefix, writeNewFile } from '../../common/atomic-file.js';
import type { Clock } from '../../common/clock.js';
import { errorCodeOf, isDomainError } from '../../common/errors.js';
import { shortId } from '../../common/random.js';
import { checkKey, isKey, probeName } from '../object-keys.js';
import type { ObjectContent, ObjectStore, PutOptions } from '../object-store.types.js';
import { leftOverAfterMs } from '../left-over.js';
import { DamagedOnTheWay, noSuchObject, rangeBehindEnd } from '../place-error.js';
import { PutSource } from '../put-source.js';
import { toldStream } from '../told-stream.js';
import { digestFile } from './digest-file.js';
import { copyFolderError } from './copy-folder-error.js';
import { entryUnder } from './local-paths.js';

/** Copies in another folder: a second disk, a mounted share. */
export class LocalObjectStore implements ObjectStore {
  readonly kind = 'local';
  readonly location: string;

  constructor(
    root: string,
    private readonly clock: Clock,
  ) {
    this.location = resolve(root);
  }

  put(key: string, content: ObjectContent, options: PutOptions = {}) {
    return this.#guarded(async () => {
      const final = await this.#entry(key);
      // A root that is gone may be a mount that was lost; making it anew would fill another disk.
      await access(this.location);
      const made = await mkdir(dirname(final), { recursive: true });
      const working = join(dirname(final), `${workingPrefix}${shortId()}`);
      try {
        const sent = await this.#write(working, content, options);
        await rename(working, final);
        await syncFolder(dirname(final));
        if (made) await this.#syncAbove(dirname(final), made);
        return { ...sent, url: null };
      } catch (error) {
        await rm(working, { force: true });
        throw error;
      }
    });
  }

  async #write(working: string, content: ObjectContent, { signal, onBytes }: PutOptions) {
    const source = await PutSource.open(content, signal, onBytes);
    try {
      await writeNewFile(working, source.body, 0o640);
      const sent = source.sent();
      await syncFile(working);
      // A share that lost bytes has said nothing of it so far.
      const arrived = await digestFile(working, () => {
        signal?.throwIfAborted();
        onBytes?.(0);
      });
      if (arrived.bytes !== sent.bytes || arrived.sha256 !== sent.sha256) throw new DamagedOnTheWay();
      return sent;
    } catch (error) {
      throw source.reasonOf(error);
    }
  }

  /** New folders, too, are there after a power cut. */
  async #syncAbove(folder: string, topmost: string): Promise<void> {
    for (let above = folder; above.length >= topmost.length; above = dirname(above)) {
      await syncFolder(dirname(above));
    }
  }

  open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    return this.#guarded(async () => {
      const found = await this.#look(key);
      if (!found) throw noSuchObject();
      if (range && range.start >= found.size) throw rangeBehindEnd();
      const file = createReadStream(await this.#entry(key), { highWaterMark: 128 * 1024, ...range });
      return toldStream(file, copyFolderError);
    });
  }

  stat(key: string) {
    return this.#guarded(async () => {
      const found = await this.#look(key);
      return found && { bytes: found.size, modifiedAt: found.mtime };
    });
  }

  /** At the entry itself: a link is no object. */
  async #look(key: string): Promise<Stats | null> {
    const entry = await this.#entry(key);
    try {
      const found = await lstat(entry);
      return found.isFile() ? found : null;
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Without its root nobody can say what is missing.
      await access(this.location);
      return null;
    }
  }

  async *walk(prefix: string) {
    const files = await this.#guarded(async () => {
      const entries = await readdir(this.location, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    });
    for (const file of files) {
      const key = relative(this.location, file).replaceAll(sep, '/');
      if (!key.startsWith(prefix) || !isKey(key)) continue;
      const found = await this.stat(key);
      // Removed since the folder was read.
      if (found) yield { key, bytes: found.bytes };
    }
  }

  remove(key: string): Promise<void> {
    return this.#guarded(async () => {
      const entry = await this.#entry(key);
      await access(this.location);
      if (await this.#look(key)) await rm(entry, { force: true });
    });
  }

  async link(key: string): Promise<null> {
    checkKey(key);
    return null;
  }

  async hold(key: string): Promise<false> {
    checkKey(key);
    return false;
  }

  check(): Promise<void> {
    return this.#guarded(async () => {
      await access(this.location);
      const probe = join(this.location, probeName(shortId()));
      try {
        await writeFile(probe, 'holdfast', { flag: 'wx', flush: true });
        if ((await readFile(probe, 'utf8')) !== 'holdfast') throw new DamagedOnTheWay();
      } finally {
        await rm(probe, { force: true });
      }
    });
  }

  /** By age and not by whether their writers live: another machine may write here, too. */
  sweep(): Promise<number> {
    return this.#guarded(async () => {
      const entries = await readdir(this.location, { recursive: true, withFileTypes: true });
      const before = this.clock.now().getTime() - leftOverAfterMs;
      let removed = 0;
      for (const { parentPath, name } of entries) {
        if (!name.startsWith(workingPrefix)) continue;
        const path = join(parentPath, name);
        const found = await lstat(path).catch((error: unknown) => {
          // Its writer has ended meanwhile.
          if (isMissing(error)) return null;
          throw error;
        });
        if (!found?.isFile() || found.mtimeMs > before) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    });
  }

  async #entry(key: string): Promise<string> {
    checkKey(key);
    try {
      return await entryUnder(this.location, key);
    } catch (error) {
      // A link out of the folder stands on the way.
      throw isDomainError(error) ? noSuchObject(error) : error;
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw copyFolderError(error);
    }
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '');
}
