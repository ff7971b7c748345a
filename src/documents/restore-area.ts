import { mkdir, lstat, opendir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomically } from '../common/atomic-file.js';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { type DocumentFolder, reservedName } from './documents.types.js';
import { type RestoreJournal, restoreJournal } from './restore-journal.js';

/** Two halves: what is to be put in place stands in one, and what it replaces goes to the other. */
export type Half = 'new' | 'old';

/**
 * What one restore keeps within the document folders, so that everything is moved by renames: the halves in each folder,
 * the journal in the first. Others may not look into it.
 */
export class RestoreArea {
  constructor(
    readonly id: string,
    readonly folders: readonly DocumentFolder[],
  ) {}

  path(folder: DocumentFolder, ...below: string[]): string {
    return join(folder.path, reservedName, this.id, ...below);
  }

  get #journal(): string {
    return this.path(this.folders[0] as DocumentFolder, 'journal.json');
  }

  async create(): Promise<void> {
    for (const folder of this.folders) {
      await mustBeOurs(folder);
      for (const half of ['new', 'old'])
        await mkdir(this.path(folder, half), { recursive: true, mode: 0o700 });
      await syncFolder(folder.path);
    }
  }

  /** For one that was begun, and ended before it had a journal. */
  async removeIfEmpty(): Promise<void> {
    for (const folder of this.folders) {
      for (const half of [['new'], ['old'], []])
        await rmdir(this.path(folder, ...half)).catch(() => undefined);
    }
  }

  async write(journal: RestoreJournal): Promise<void> {
    await writeFileAtomically(this.#journal, `${JSON.stringify(journal)}\n`, undefined, 0o600);
  }

  /** Null when there is none: it was being made, or removed. */
  async read(): Promise<RestoreJournal | null> {
    try {
      return restoreJournal.parse(JSON.parse(await readFile(this.#journal, 'utf8')));
    } catch (error) {
      if (errorCodeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** The journal goes last: without it nobody would come back for the rest. */
  async remove(): Promise<void> {
    for (const folder of [...this.folders].reverse()) {
      for (const half of ['new', 'old']) await rm(this.path(folder, half), { recursive: true, force: true });
      await rm(this.path(folder), { recursive: true, force: true });
    }
  }
}

/** The ids of what restores keep in a folder. One that somebody else made there is left alone. */
export async function restoresIn(folder: DocumentFolder): Promise<string[]> {
  if (!(await isOurs(folder))) return [];
  const ids: string[] = [];
  for await (const entry of await opendir(join(folder.path, reservedName))) {
    if (entry.isDirectory() && /^[0-9a-f]+$/.test(entry.name)) ids.push(entry.name);
  }
  return ids.sort();
}

async function isOurs({ path }: DocumentFolder): Promise<boolean> {
  const found = await lstat(join(path, reservedName)).catch(() => null);
  return found !== null && found.isDirectory() && found.uid === process.getuid?.();
}

async function mustBeOurs(folder: DocumentFolder): Promise<void> {
  await mkdir(join(folder.path, reservedName), { mode: 0o700 }).catch((error: unknown) => {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
  });
  if (await isOurs(folder)) return;
  throw new DomainError(
    'restore-failed',
    `In the document folder "${folder.name}" stands a ${reservedName} that Holdfast did not make. Remove it and try again.`,
  );
}
