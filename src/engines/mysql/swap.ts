import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { quoteName, select } from './connection.js';
import { addForeignKeys, dropForeignKeys, foreignKeyScript, listForeignKeys } from './foreign-keys.js';
import { setJournalState, type SwapJournal } from './journal.js';
import { busy, type Loader } from './load.js';
import { giveRoutineGrants } from './routine-grants.js';
import { isTransactional, listObjects } from './schema-objects.js';
import {
  applyDefinitions,
  applyKeptDefinitions,
  type Definitions,
  dropDefinitions,
} from './stored-objects.js';
import { holdSessionLock, sessionLockName } from './session-lock.js';
import { exchangeTables } from './table-moves.js';
import { keepPart } from './undo.js';

export interface Swap {
  /** Exists, and holds the saved definitions and the journal. */
  undo: string;
  journal: SwapJournal;
  /** Of the replacement. */
  definitions: Definitions;
  /** They stood in live before, and single ones may be broken by themselves; those of a backup are proven. */
  onceLive: boolean;
  loader: Loader;
  /** What accounts may do with single routines of live. */
  grants: readonly string[];
  /** Puts live back from the undo; called on any failure after the first change. */
  reinstate(): Promise<SwapJournal['state']>;
}

const gateAttempts = 5;
const gateWaitSeconds = 2;
const moveWaitSeconds = 10;

/**
 * Moves live's tables to the undo and the incoming ones into place with one RENAME TABLE, which the server does wholly
 * or not at all. What a rename does not carry is dropped before and created after. On any error live is put back as
 * it was before the error is thrown.
 */
export async function swapTables(connection: Connection, swap: Swap): Promise<void> {
  const { undo, journal, loader } = swap;
  const { live, incoming } = journal;
  try {
    await holdSessionLock(connection, sessionLockName(undo, 'swap'), 0);
    await connection.query(`SET SESSION lock_wait_timeout = ${moveWaitSeconds}`);
    await dropDefinitions(connection, live);
    await exchangeTables(connection, undo, journal);
    const bound = await listForeignKeys(connection, undo, live);
    if (bound.length > 0) await keepPart(connection, undo, 'foreign-keys', foreignKeyScript(bound));
    await dropForeignKeys(connection, bound);
    const strange = await listForeignKeys(connection, live, incoming);
    await dropForeignKeys(connection, strange);
    await addForeignKeys(connection, live, strange);
    const apply = swap.onceLive ? applyKeptDefinitions : applyDefinitions;
    await apply(loader, live, swap.definitions);
    await giveRoutineGrants(connection, swap.grants);
    await setJournalState(connection, undo, journal, 'done');
  } catch (error) {
    // Whoever puts live back waits until this session has nothing under way.
    connection.destroy();
    if ((await swap.reinstate()) === 'done') return;
    throw isBusy(error) ? busy() : isDomainError(error) ? error : failed(error);
  }
}

/**
 * What must hold before anything is changed. `broken`: tables that the server cannot open, so that nobody uses them.
 * Throws DomainError `conflict`, `database-busy`.
 */
export async function passGate(
  connection: Connection,
  live: string,
  broken: readonly string[] = [],
): Promise<void> {
  await refuseForeignReferences(connection, live);
  await waitUntilFree(connection, live, broken);
}

/**
 * Takes every table for itself for a moment, so that a long transaction is noticed while nothing has been
 * changed. Whoever comes meanwhile queues behind us, at most for the short wait. (MySQL with GTIDs does not lock tables
 * with and without transactions together; the latter have none that could be long.)
 */
async function waitUntilFree(connection: Connection, live: string, broken: readonly string[]): Promise<void> {
  await connection.query(`SET SESSION lock_wait_timeout = ${gateWaitSeconds}`);
  const { tables } = await listObjects(connection, live);
  const locks = tables
    .filter((table) => isTransactional(table) && !broken.includes(table.name))
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
    errorCodeOf(error) === 'ER_LOCK_WAIT_TIMEOUT' ||
    errorCodeOf(error) === 'ER_LOCK_DEADLOCK' ||
    (isDomainError(error) && error.code === 'database-busy')
  );
}

function failed(cause: unknown): DomainError {
  return new DomainError(
    'restore-failed',
    `The server refused the exchange of the tables (${errorCodeOf(cause) ?? 'no reason given'}). Nothing was changed. If ` +
      'what is live is beyond repair, restore with keep_nothing, which replaces it and keeps nothing of it.',
    { cause },
  );
}
