import { constants, createReadStream, type Stats } from 'node:fs';
import { access, lstat, mkdir, opendir, readdir, readFile, rm, stat, statfs, utimes } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { publishFile, replaceFile, workingPrefix, writeFileAtomically } from '../../common/atomic-file.js';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { isOwnerAlive, isOwnerFile, OwnerLock, sweepOwners } from '../../common/owner-lock.js';
import type {
  FileDigest,
  OpenedFile,
  PendingArtefact,
  Storage,
  StorageHealth,
  StoredFile,
} from '../storage.types.js';
import { digestFile } from './digest-file.js';
import { LocalArtefact } from './local-artefact.js';
import { entryUnder, notFound, pathUnder } from './local-paths.js';
import { openInside } from './open-inside.js';
import { storageError } from './storage-errors.js';

/** Artefacts in a folder of this machine. */
export class LocalStorage implements Storage {
  readonly location: string;
  #owner: OwnerLock | undefined;

  constructor(root: string) {
    this.location = resolve(root);
  }

  describe(path: string): string {
    return join(this.location, path);
  }

  async create(path: string, { replace } = { replace: false }): Promise<PendingArtefact> {
    return this.#guarded(async () => {
      // A root that is gone may be a mount that was lost; making it anew would fill another disk.
      await access(this.location);
      const final = await this.#entry(path);
      await mkdir(dirname(final), { recursive: true });
      if (!replace && (await this.isTaken(path))) {
        throw new DomainError('conflict', 'A file of that name exists.');
      }
      return LocalArtefact.begin(final, this.#ownerId(), replace ? replaceFile : publishFile);
    });
  }

  putSmall(path: string, content: string): Promise<void> {
    return this.#guarded(async () => {
      const final = await this.#entry(path);
      await mkdir(dirname(final), { recursive: true });
      await writeFileAtomically(final, content, this.#ownerId());
    });
  }

  getSmall(path: string): Promise<string> {
    return this.#guarded(async () => readFile(await this.#resolve(path), 'utf8'));
  }

  async open(path: string, range?: { start: number; end: number }): Promise<Readable> {
    const file = await this.localPath(path);
    return createReadStream(file, { highWaterMark: 128 * 1024, ...range });
  }

  digest(path: string): Promise<FileDigest> {
    return this.#guarded(async () => digestFile(await this.localPath(path)));
  }

  async isTaken(path: string): Promise<boolean> {
    return (await this.#look(path)) !== null;
  }

  async stat(path: string): Promise<StoredFile | null> {
    const found = await this.#look(path);
    return found?.isFile() ? { bytes: found.size, modifiedAt: found.mtime } : null;
  }

  /** At the entry itself: a link is not followed. */
  #look(path: string): Promise<Stats | null> {
    return this.#guarded(async () => {
      try {
        return await lstat(await this.#entry(path));
      } catch (error) {
        if (errorCodeOf(error) === 'ENOENT') return null;
        throw error;
      }
    });
  }

  list(folder: string): Promise<string[]> {
    return this.#guarded(async () => {
      try {
        const entries = await readdir(await this.#resolve(folder), { withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map(({ name }) => name);
      } catch (error) {
        // Only a folder that nobody made yet is empty; the root itself must be there (an error is not an empty list).
        if (errorCodeOf(error) === 'ENOENT') return this.#emptyOnlyIfRootExists();
        throw error;
      }
    });
  }

  walk(without?: string): Promise<string[]> {
    return this.#guarded(async () => {
      const paths: string[] = [];
      for await (const file of filesBelow(this.location, without)) {
        const path = relative(this.location, file).replaceAll(sep, '/');
        if (!path.split('/').some((segment) => segment.startsWith('.'))) paths.push(path);
      }
      return paths.sort();
    });
  }

  async freshen(path: string, now: Date): Promise<void> {
    const file = await this.localPath(path);
    await this.#guarded(() => utimes(file, now, now));
  }

  async #emptyOnlyIfRootExists(): Promise<string[]> {
    await access(this.location);
    return [];
  }

  remove(path: string): Promise<void> {
    return this.#guarded(async () => rm(await this.#entry(path), { force: true }));
  }

  async localPath(path: string): Promise<string> {
    if ((await this.stat(path)) === null) throw notFound();
    return this.#resolve(path);
  }

  openOnce(path: string): Promise<OpenedFile> {
    return this.#guarded(async () => openInside(this.location, await this.#resolve(path)));
  }

  async health(): Promise<StorageHealth> {
    const found = await stat(this.location).catch(() => null);
    if (!found?.isDirectory()) return { exists: false, writable: false, freeBytes: null };
    const writable = await access(this.location, constants.W_OK).then(
      () => true,
      () => false,
    );
    const space = await statfs(this.location).catch(() => null);
    return { exists: true, writable, freeBytes: space && space.bavail * space.bsize };
  }

  sweep(): Promise<string[]> {
    return this.#guarded(async () => {
      const leftovers: string[] = [];
      for await (const file of filesBelow(this.location)) {
        if (this.#isLeftOver(basename(file))) leftovers.push(file);
      }
      for (const file of leftovers) await rm(file, { force: true });
      sweepOwners(this.location);
      return leftovers.map((file) => basename(file));
    });
  }

  #isLeftOver(name: string): boolean {
    if (!name.startsWith(workingPrefix) || isOwnerFile(name)) return false;
    const [owner = ''] = name.slice(workingPrefix.length).split('-', 1);
    return owner !== this.#owner?.id && !isOwnerAlive(this.location, owner);
  }

  /** Claimed by the first write: a folder that is only read needs no owner, and may not allow one. */
  #ownerId(): string {
    this.#owner ??= OwnerLock.claim(this.location);
    return this.#owner.id;
  }

  close(): void {
    this.#owner?.release();
    this.#owner = undefined;
  }

  /** For what opens it. */
  #resolve(path: string): Promise<string> {
    return pathUnder(this.location, path);
  }

  /** For what looks at the entry itself, replaces or removes it: a link that stands there is not followed. */
  #entry(path: string): Promise<string> {
    return entryUnder(this.location, path);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storageError(error);
    }
  }
}

/** One at a time: the storage of documents may hold a million. */
async function* filesBelow(folder: string, without?: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && entry.name !== without) yield* filesBelow(path);
  }
}
