import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { quoteName, select } from './connection.js';
import { attachForeignKeys, detachForeignKeys, foreignKeyScript } from './foreign-keys.js';
import { busy, type Loader } from './load.js';
import { definitionsTable } from './names.js';
import { listObjects } from './schema-objects.js';
import { applyDefinitions, type Definitions, dropDefinitions } from './stored-objects.js';
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
  await dropTriggersOnceFree(connection, live);
  let moved = false;
  let detached: string[] = [];
  try {
    await connection.query(`SET SESSION lock_wait_timeout = ${moveWaitSeconds}`);
    await dropDefinitions(connection, live);
    await renameAll(connection, live, undo, incoming);
    moved = true;
    detached = await detachForeignKeys(connection, undo, live);
    if (detached.length > 0) await keepPart(connection, undo, 'foreign-keys', foreignKeyScript(detached));
    await attachForeignKeys(connection, live, await detachForeignKeys(connection, live, incoming));
    await applyDefinitions(loader, live, definitions.incoming);
  } catch (error) {
    await retryWhileBusy(async () => {
      await dropDefinitions(connection, live);
      if (moved) {
        detached.push(...(await detachForeignKeys(connection, undo, live)));
        await renameAll(connection, live, incoming, undo);
        moved = false;
      }
      await attachForeignKeys(connection, live, detached.splice(0));
      await applyDefinitions(loader, live, definitions.live);
    });
    throw isBusy(error) ? busy() : isDomainError(error) ? error : failed(error);
  }
}

/**
 * The gate: takes every table for itself, so that a long transaction is noticed while nothing has been changed, and
 * drops the triggers, which need that. Whoever comes meanwhile queues behind us, at most for the short wait.
 */
async function dropTriggersOnceFree(connection: Connection, live: string): Promise<void> {
  await connection.query(`SET SESSION lock_wait_timeout = ${gateWaitSeconds}`);
  const { tables, triggers } = await listObjects(connection, live);
  if (tables.length === 0) return;
  const locks = tables.map(({ name }) => `${quoteName(live)}.${quoteName(name)} WRITE`).join(', ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.query(`LOCK TABLES ${locks}`);
      break;
    } catch (error) {
      if (!isBusy(error)) throw failed(error);
      if (attempt === gateAttempts) throw busy();
      // Let everybody else through before the next try.
      await sleep(1_000);
    }
  }
  try {
    for (const name of triggers)
      await connection.query(`DROP TRIGGER IF EXISTS ${quoteName(live)}.${quoteName(name)}`);
  } finally {
    await connection.query('UNLOCK TABLES');
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

/** `from`'s tables go to `aside`, and `incoming`'s tables take their place, in one statement. */
async function renameAll(
  connection: Connection,
  from: string,
  aside: string,
  incoming: string,
): Promise<void> {
  const away = await tablesOf(connection, from);
  const into = await tablesOf(connection, incoming);
  const move = (table: string, source: string, target: string) =>
    `${quoteName(source)}.${quoteName(table)} TO ${quoteName(target)}.${quoteName(table)}`;
  const moves = [
    ...away.map((table) => move(table, from, aside)),
    ...into.map((table) => move(table, incoming, from)),
  ];
  if (moves.length > 0) await connection.query(`RENAME TABLE ${moves.join(', ')}`);
}

async function tablesOf(connection: Connection, schema: string): Promise<string[]> {
  const { tables } = await listObjects(connection, schema);
  return tables.map(({ name }) => name).filter((name) => name !== definitionsTable);
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
