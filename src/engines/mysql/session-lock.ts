import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { select } from './connection.js';
import { busy } from './load.js';

/**
 * A statement goes on in the server for a while after its connection or its program has died, and a rename that comes to
 * its end behind our back would mix old and new. So every session that takes part in a swap holds a lock of the server's
 * (GET_LOCK), which goes with the session's last statement: who puts live back waits for those first.
 */
export function sessionLockName(undo: string, role: 'swap' | 'client'): string {
  return `holdfast-${role}:${createHash('sha256').update(undo).digest('hex').slice(0, 40)}`;
}

/** Takes the lock for this connection. Throws DomainError `database-busy` when another session still has it. */
export async function holdSessionLock(
  connection: Connection,
  name: string,
  waitSeconds: number,
): Promise<void> {
  const [row] = await select<{ held: number | null }>(connection, 'SELECT GET_LOCK(?, ?) AS held', [
    name,
    waitSeconds,
  ]);
  if (Number(row?.held) !== 1) throw busy();
}

/** Resolves when no session has the lock any more. Throws DomainError `database-busy`. */
export async function awaitSessionLock(
  connection: Connection,
  name: string,
  waitSeconds: number,
): Promise<void> {
  await holdSessionLock(connection, name, waitSeconds);
  await connection.query('DO RELEASE_LOCK(?)', [name]);
}
