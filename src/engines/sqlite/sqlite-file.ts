import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DomainError } from '../../common/errors.js';
import type { UndoLocation } from '../engine.types.js';

/**
 * A database file, and the names of what stands beside it. The live file itself is only ever opened by SQLite: when a
 * process closes a file by any other way, the system takes all its locks on that file away
 * (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export class SqliteFile {
  readonly path: string;
  readonly name: string;
  readonly folder: string;
  readonly lockPath: string;
  readonly #undoPrefix: string;
  readonly #replacementPrefix: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.name = basename(this.path);
    this.folder = dirname(this.path);
    this.lockPath = `${this.path}.holdfast-lock`;
    this.#undoPrefix = `${this.name}.holdfast-undo-`;
    this.#replacementPrefix = `${this.name}.holdfast-replacement-`;
  }

  undoLocation(id: string): UndoLocation {
    return `${this.#undoPrefix}${id}`;
  }

  /** Throws DomainError `not-found` for the name of anything but an undo of this database. */
  undoPath(undo: UndoLocation): string {
    const id = undo.startsWith(this.#undoPrefix) ? undo.slice(this.#undoPrefix.length) : '';
    if (!/^[a-z0-9]+$/.test(id)) throw new DomainError('not-found', 'That is not an undo of this database.');
    return join(this.folder, undo);
  }

  /** The complete undos of this database. */
  async listUndos(): Promise<UndoLocation[]> {
    const names = await readdir(this.folder);
    return names.filter(
      (name) => name.startsWith(this.#undoPrefix) && /^[a-z0-9]+$/.test(name.slice(this.#undoPrefix.length)),
    );
  }

  /** Where a replacement stands that is whole and has to be put in live's place. */
  replacementPath(id: string): string {
    return join(this.folder, `${this.#replacementPrefix}${id}`);
  }

  /** The paths of replacements that are whole and not in place yet. */
  async listReplacements(): Promise<string[]> {
    const names = await readdir(this.folder);
    return names
      .filter(
        (name) =>
          name.startsWith(this.#replacementPrefix) &&
          /^[a-z0-9]+$/.test(name.slice(this.#replacementPrefix.length)),
      )
      .map((name) => join(this.folder, name));
  }

  /** Removes undos and replacements that a crash left half made. Call while holding the lock. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const ours = name.startsWith(this.#undoPrefix) || name.startsWith(this.#replacementPrefix);
      if (ours && name.includes('.partial')) await rm(join(this.folder, name));
    }
  }
}

/** Under which name a copy is made before it is whole. */
export function partialOf(path: string): string {
  return `${path}.partial`;
}

/** Removes a database file with everything that SQLite may have put beside it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(path + suffix, { force: true });
}
