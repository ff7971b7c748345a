import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type { EngineLock } from '../engine.types.js';
import { connect, type Connection, disconnect, select, unreachable } from './connection.js';
import { maintenanceDatabase } from './maintenance.js';

const keepAliveMs = 60_000;
const askAgainMs = 250;

/**
 * pg_advisory_lock in the server itself: every process agrees, and the lock ends with the session of a dead holder. Held
 * outside of the database, which a restore renames.
 */
export async function lockDatabase(
  address: PostgresAddress,
  waitMs: number,
  signal?: AbortSignal,
): Promise<EngineLock> {
  const connection = await connect(address, maintenanceDatabase(address));
  try {
    if (await acquire(connection, keyOf(address.database), waitMs, signal)) return heldLock(connection);
  } catch (error) {
    await disconnect(connection);
    signal?.throwIfAborted();
    throw unreachable(error);
  }
  await disconnect(connection);
  throw new DomainError(
    'database-busy',
    'Another backup or restore of this database is running. Try again later.',
  );
}

/** A 64-bit number from the name; the server shares such keys among all who take locks. */
function keyOf(database: string): string {
  return createHash('sha256').update(`holdfast:${database}`).digest().readBigInt64BE().toString();
}

async function acquire(
  connection: Connection,
  key: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let left = waitMs; ; left -= askAgainMs) {
    signal?.throwIfAborted();
    const [row] = await select<[string]>(connection, 'SELECT pg_try_advisory_lock($1)', [key]);
    if (row?.[0] === 't') return true;
    if (left <= 0) return false;
    await sleep(Math.min(askAgainMs, left), undefined, { signal });
  }
}

/** Whatever stands between us and the server ends idle connections; a question now and then keeps the lock. */
function heldLock(connection: Connection): EngineLock {
  const timer = setInterval(() => void connection.query('SELECT 1').catch(() => undefined), keepAliveMs);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      await Promise.race([
        connection.query('SELECT pg_advisory_unlock_all()').catch(() => undefined),
        sleep(5_000, undefined, { ref: false }),
      ]);
      void disconnect(connection);
    },
  };
}
