import type { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/errors.js';
import type { EngineLock } from '../engine.types.js';
import { asDomainError, isBusy, openDatabase, whenFree } from './connection.js';
import type { SqliteFile } from './sqlite-file.js';

/**
 * An exclusive transaction on a small file beside the database. The operating system holds it, so every process on
 * this machine agrees and a dead one lets go; the database itself stays free for its application. The file stays: who
 * removes a lock file lets two in.
 */
export async function lockDatabase(
  file: SqliteFile,
  clock: Clock,
  waitMs: number,
  signal?: AbortSignal,
): Promise<EngineLock> {
  try {
    const connection = openDatabase(file.lockPath);
    try {
      const attempt = () => {
        signal?.throwIfAborted();
        connection.exec('BEGIN EXCLUSIVE');
      };
      await whenFree(attempt, clock, waitMs);
      await file.sweep();
    } catch (error) {
      connection.close();
      throw error;
    }
    return { release: () => Promise.resolve(void connection.close()) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isBusy(error)) throw asDomainError(error, file.name);
    throw new DomainError(
      'database-busy',
      'Another backup or restore of this database is running. Try again later.',
      {
        cause: error,
      },
    );
  }
}
