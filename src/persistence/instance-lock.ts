import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError, errorCodeOf } from '../common/errors.js';

/** Keep it referenced for as long as it must hold: what is collected is closed, and with it the lock. */
export interface InstanceLock {
  release(): void;
}

/**
 * One process per data folder: an exclusive transaction on a small file in it, which the operating system ends with
 * the process. Waits up to `waitMs` for a predecessor that is about to end; nothing else runs yet, so the whole
 * process may wait. Throws DomainError `conflict`, `storage-unavailable`.
 */
export function holdDataFolder(folder: string, waitMs = 10_000): InstanceLock {
  let connection: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    connection = new Database(join(folder, 'instance.lock'), { timeout: waitMs });
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection?.close();
    throw refusal(error);
  }
  const held = connection;
  return { release: () => void held.close() };
}

function refusal(error: unknown): DomainError {
  const code = errorCodeOf(error) ?? 'unknown reason';
  if (code.startsWith('SQLITE_BUSY')) {
    return new DomainError(
      'conflict',
      'Another Holdfast is running with this HOLDFAST_DATA_DIR. Stop it first, or give this one a folder of its own.',
      { cause: error },
    );
  }
  return new DomainError('storage-unavailable', `HOLDFAST_DATA_DIR cannot be used as a folder (${code}).`, {
    cause: error,
  });
}
