import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../common/clock.js';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';

export type Connection = Database.Database;

const retryMs = 5;

/**
 * Opens a database file; one that does not exist yet is created empty. SQLite's own waiting for locks would stop the
 * whole service, so the connection never waits: see `whenFree`.
 */
export function openDatabase(path: string): Connection {
  return new Database(path, { timeout: 0 });
}

/**
 * Opens a database that must be there: an empty one in place of one that was moved away would be backed up night after
 * night, until it is all that is left. Throws DomainError `database-unreachable`.
 */
export function openExisting(path: string, databaseName: string): Connection {
  if (existsSync(path)) return new Database(path, { timeout: 0, fileMustExist: true });
  throw new DomainError(
    'database-unreachable',
    `The file of the database "${databaseName}" does not exist. Correct the address, create the database, or restore a backup.`,
  );
}

/** Tries again, without holding up anything else, while somebody else holds a lock on the file; up to `waitMs`. */
export async function whenFree<T>(attempt: () => T, clock: Clock, waitMs: number): Promise<T> {
  const deadline = clock.monotonicMs() + waitMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || clock.monotonicMs() >= deadline) throw error;
    }
    await sleep(retryMs);
  }
}

/** For `whenFree`: reads the schema, which is what a connection needs a lock for first. */
export function firstRead(connection: Connection): () => void {
  return () => void connection.prepare('SELECT count(*) FROM sqlite_schema').get();
}

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(errorCodeOf(error) ?? '');
}

/** The file is there, and SQLite cannot make a database of it. */
export function isBroken(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT|IOERR)/.test(errorCodeOf(error) ?? '');
}

const keepNothing = 'restore a backup with keep_nothing, which replaces the file and keeps nothing of it';

/** An error of SQLite (or of opening the file) as a sentence that names the file but not where it is. */
export function asDomainError(error: unknown, databaseName: string): DomainError {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error) ?? '';
  const refuse = (kind: ConstructorParameters<typeof DomainError>[0], sentence: string) =>
    new DomainError(kind, sentence, { cause: error });
  if (isBusy(error)) {
    return refuse(
      'database-busy',
      `Another program keeps "${databaseName}" locked. Try again when it has ended.`,
    );
  }
  if (code.startsWith('SQLITE_NOTADB')) {
    return refuse(
      'database-unreachable',
      `"${databaseName}" is not a SQLite database (or is encrypted). Correct the address, or ${keepNothing}.`,
    );
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return refuse('database-refused', `"${databaseName}" is damaged. Repair it, or ${keepNothing}.`);
  }
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC') {
    return refuse('no-space', 'The disk is full. Make room and try again.');
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return refuse('database-refused', `"${databaseName}" or its folder is read-only for this service.`);
  }
  if (code.startsWith('SQLITE_CANTOPEN') || error instanceof TypeError) {
    return refuse(
      'database-unreachable',
      `"${databaseName}" cannot be opened. Check that its folder exists.`,
    );
  }
  return refuse(
    'database-refused',
    `SQLite refused the work on "${databaseName}" (${code || 'no reason given'}).`,
  );
}
