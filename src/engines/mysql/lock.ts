import type { Connection } from 'mysql2/promise';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../common/errors.js';
import type { EngineLock } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { connect, select, unreachable } from './connection.js';

const keepAliveMs = 60_000;
const releaseWaitMs = 5_000;

/**
 * GET_LOCK in the server itself: every process agrees, and the lock ends with the connection of a dead holder.
 * The name is hashed, since lock names are at most 64 characters and shared by the whole server.
 */
export async function lockSchema(
  address: MysqlAddress,
  waitMs: number,
  signal?: AbortSignal,
): Promise<EngineLock> {
  const connection = await connect(address);
  const name = `holdfast:${createHash('sha256').update(address.database).digest('hex').slice(0, 40)}`;
  try {
    if (await acquire(connection, name, waitMs, signal)) return heldLock(connection, name);
  } catch (error) {
    connection.destroy();
    signal?.throwIfAborted();
    throw unreachable(error);
  }
  connection.destroy();
  throw new DomainError(
    'database-busy',
    'Another backup or restore of this database is running. Try again later.',
  );
}

/** Asks anew every second: a wait that has begun in the server cannot be called off, an abort must not wait for it. */
async function acquire(
  connection: Connection,
  name: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let seconds = Math.ceil(waitMs / 1000); ; seconds -= 1) {
    signal?.throwIfAborted();
    const [row] = await select<{ held: number | null }>(connection, 'SELECT GET_LOCK(?, ?) AS held', [
      name,
      Math.min(seconds, 1),
    ]);
    if (row?.held === 1) return true;
    if (seconds <= 1) return false;
  }
}

/** The server ends idle connections after wait_timeout; a question now and then keeps the lock. */
function heldLock(connection: Connection, name: string): EngineLock {
  const timer = setInterval(() => void connection.query('DO 1').catch(() => undefined), keepAliveMs);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      // A closed connection lets the lock go too, but only when the server notices. A server that answers nothing any
      // more must not keep the job, and all that wait behind it, for ever.
      const released = connection.query('DO RELEASE_LOCK(?)', [name]).catch(() => undefined);
      await Promise.race([released, sleep(releaseWaitMs, undefined, { ref: false })]);
      connection.destroy();
    },
  };
}
