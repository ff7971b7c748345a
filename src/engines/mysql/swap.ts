import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { quoteName, select } from './connection.js';
import { attachForeignKeys, detachForeignKeys, foreignKeyScript } from './foreign-keys.js';
import { busy, type Loader } from './load.js';
import { isTransactional, listObjects } from './schema-objects.js';
import { applyDefinitions, type Definitions, dropDefinitions } from './stored-objects.js';
import { TableMoves } from './table-moves.js';
import { keepPart } from './undo.js';

export interface Swap {
  live: string;
  /** Holds the replacement: tables only. */
  incoming: string;
  /** Exists, and holds nothing but the saved definitions. */
  undo: string;
  definitions: { incoming: Definitions; live: Definitions };
  loader: Loader;
}

const gateAttempts = 5;
const gateWaitSeconds = 2;
const moveWaitSeconds = 10;
const reinstateAttempts = 6;

/**
 * Moves live's tables to `undo` and the incoming ones into place with one RENAME TABLE, which the server does wholly
 * or not at all. What a rename does not carry is dropped before and created after. On any error live is put back as
 * it was before the error is thrown.
 */
export async function swapTables(connection: Connection, swap: Swap): Promise<void> {
  const { live, undo, incoming, definitions, loader } = swap;
  await refuseForeignReferences(connection, live);
  await waitUntilFree(connection, live);
  const moves = new TableMoves(connection);
  let detached: string[] = [];
  try {
    await connection.query(`SET SESSION lock_wait_timeout = ${moveWaitSeconds}`);
    await dropDefinitions(connection, live);
    await moves.exchange(live, undo, incoming);
    detached = await detachForeignKeys(connection, undo, live);
    if (detached.length > 0) await keepPart(connection, undo, 'foreign-keys', foreignKeyScript(detached));
    await attachForeignKeys(connection, live, await detachForeignKeys(connection, live, incoming));
    await applyDefinitions(loader, live, definitions.incoming);
  } catch (error) {
    await retryWhileBusy(async () => {
      await dropDefinitions(connection, live);
      if (moves.any) detached.push(...(await detachForeignKeys(connection, undo, live)));
      await moves.takeBack();
      await attachForeignKeys(connection, live, detached.splice(0));
      await applyDefinitions(loader, live, definitions.live);
    });
    throw isBusy(error) ? busy() : isDomainError(error) ? error : failed(error);
  }
}

/**
 * The gate: takes every table for itself for a moment, so that a long transaction is noticed while nothing has been
 * changed. Whoever comes meanwhile queues behind us, at most for the short wait. (MySQL with GTIDs does not lock tables
 * with and without transactions together; the latter have none that could be long.)
 */
async function waitUntilFree(connection: Connection, live: string): Promise<void> {
  await connection.query(`SET SESSION lock_wait_timeout = ${gateWaitSeconds}`);
  const { tables } = await listObjects(connection, live);
  const locks = tables
    .filter(isTransactional)
    .map(({ name }) => `${quoteName(live)}.${quoteName(name)} WRITE`);
  if (locks.length === 0) return;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.query(`LOCK TABLES ${locks.join(', ')}`);
      await connection.query('UNLOCK TABLES');
      return;
    } catch (error) {
      if (!isBusy(error)) throw failed(error);
      if (attempt === gateAttempts) throw busy();
      // Let everybody else through before the next try.
      await sleep(1_000);
    }
  }
}

/** Putting live back must not fail because somebody uses a table for a moment. */
async function retryWhileBusy(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || attempt === reinstateAttempts) throw error;
    }
  }
}

/** A foreign key of another schema follows the renamed table into the undo; that must not happen unseen. */
async function refuseForeignReferences(connection: Connection, live: string): Promise<void> {
  const references = await select<{ name: string }>(
    connection,
    `SELECT DISTINCT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.key_column_usage
     WHERE referenced_table_schema = ? AND table_schema <> ?`,
    [live, live],
  );
  if (references.length === 0) return;
  const names = references.map(({ name }) => name).join(', ');
  throw new DomainError(
    'conflict',
    `Tables of other schemas refer to this database by foreign keys: ${names}. Drop those keys before the restore ` +
      'and create them again afterwards. Nothing was changed.',
  );
}

function isBusy(error: unknown): boolean {
  return (
    errorCodeOf(error) === 'ER_LOCK_WAIT_TIMEOUT' || (isDomainError(error) && error.code === 'database-busy')
  );
}

function failed(cause: unknown): DomainError {
  return new DomainError(
    'restore-failed',
    `The server refused the exchange of the tables (${errorCodeOf(cause) ?? 'no reason given'}). Nothing was changed.`,
    { cause },
  );
}
