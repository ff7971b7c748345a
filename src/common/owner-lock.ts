import Database from 'better-sqlite3';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shortId } from './random.js';

const prefix = '.holdfast-owner-';

/**
 * Says of each process that writes into a folder whether it still lives, so that nobody sweeps what another one is
 * writing. An owner is a small file in the folder that its process holds locked; the operating system lets the lock go
 * with the process (SQLite's file locks, as Node has none).
 */
export class OwnerLock {
  private constructor(
    private readonly folder: string,
    /** Begins the names of what this process writes: lower-case letters and digits. */
    readonly id: string,
    private readonly connection: Database.Database,
  ) {}

  static claim(folder: string): OwnerLock {
    for (;;) {
      const id = shortId();
      const file = fileOf(folder, id);
      const connection = lock(file, false);
      // A sweep that met the file before it was locked has removed it; then nobody could see us alive.
      if (connection && existsSync(file)) return new OwnerLock(folder, id, connection);
      connection?.close();
    }
  }

  isAlive(id: string): boolean {
    return id === this.id || isOwnerAlive(this.folder, id);
  }

  /** Whether it has its file in this folder. */
  knows(id: string): boolean {
    return id === this.id || hasFile(this.folder, id);
  }

  release(): void {
    rmSync(fileOf(this.folder, this.id), { force: true });
    this.connection.close();
  }
}

/** Whether the process of this owner still runs. Any word may be asked for. */
export function isOwnerAlive(folder: string, id: string): boolean {
  if (!hasFile(folder, id)) return false;
  const connection = lock(fileOf(folder, id), true);
  connection?.close();
  return connection === null;
}

function hasFile(folder: string, id: string): boolean {
  if (!/^[0-9a-z]+$/.test(id)) return false;
  return statSync(fileOf(folder, id), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Removes the files of owners that are gone. Returns their ids. */
export function sweepOwners(folder: string): string[] {
  const gone: string[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const connection = lock(join(folder, name), true);
    if (!connection) continue;
    rmSync(join(folder, name), { force: true });
    connection.close();
    gone.push(name.slice(prefix.length));
  }
  return gone;
}

export function isOwnerFile(name: string): boolean {
  return name.startsWith(prefix);
}

function fileOf(folder: string, id: string): string {
  return join(folder, prefix + id);
}

/** Null while another connection holds it. */
function lock(file: string, fileMustExist: boolean): Database.Database | null {
  const connection = new Database(file, { timeout: 0, fileMustExist });
  try {
    // Nothing is ever written; a journal would be one more file to sweep.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
}
