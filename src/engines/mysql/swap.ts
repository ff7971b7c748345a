import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { quoteName, select } from './connection.js';
import type { Loader } from './load.js';
import { definitionsTable } from './names.js';
import { listObjects } from './schema-objects.js';
import { applyDefinitions, type Definitions, dropDefinitions } from './stored-objects.js';

export interface Swap {
  live: string;
  /** Holds the replacement: tables only. */
  incoming: string;
  /** Exists, and holds nothing but the saved definitions. */
  undo: string;
  definitions: { incoming: Definitions; live: Definitions };
  loader: Loader;
}

const attempts = 5;
const lockWaitSeconds = 2;

/**
 * Moves live's tables to `undo` and the incoming ones into place with one RENAME TABLE, which the server does wholly
 * or not at all. What a rename does not carry is dropped before and created after. On any error live is put back as
 * it was before the error is thrown.
 */
export async function swapTables(connection: Connection, swap: Swap): Promise<void> {
  await refuseForeignReferences(connection, swap);
  await connection.query(`SET SESSION lock_wait_timeout = ${lockWaitSeconds}`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dropDefinitions(connection, swap.live);
      await renameAll(connection, swap.live, swap.undo, swap.incoming);
      break;
    } catch (error) {
      await dropDefinitions(connection, swap.live);
      await applyDefinitions(swap.loader, swap.live, swap.definitions.live);
      if (!isLockTimeout(error)) throw failed(error);
      if (attempt === attempts) throw busy(error);
      // A long transaction holds a table. Let everybody else through before the next try.
      await sleep(1_000);
    }
  }
  try {
    await applyDefinitions(swap.loader, swap.live, swap.definitions.incoming);
  } catch (error) {
    await dropDefinitions(connection, swap.live);
    await renameAll(connection, swap.live, swap.incoming, swap.undo);
    await applyDefinitions(swap.loader, swap.live, swap.definitions.live);
    throw isDomainError(error) ? error : failed(error);
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
async function refuseForeignReferences(connection: Connection, { live }: Swap): Promise<void> {
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

function isLockTimeout(error: unknown): boolean {
  return errorCodeOf(error) === 'ER_LOCK_WAIT_TIMEOUT';
}

function busy(cause: unknown): DomainError {
  return new DomainError(
    'database-busy',
    'A long transaction keeps the tables in use. End it, or try again later. Nothing was changed.',
    { cause },
  );
}

function failed(cause: unknown): DomainError {
  return new DomainError(
    'restore-failed',
    `The server refused the exchange of the tables (${errorCodeOf(cause) ?? 'no reason given'}). Nothing was changed.`,
    { cause },
  );
}
