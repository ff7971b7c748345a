import type { Connection } from 'mysql2/promise';
import { mkdir } from 'node:fs/promises';
import { DomainError } from '../../common/errors.js';
import type { MysqlAddress } from './address.js';
import { dropJournalled } from './drop-undo.js';
import { dropForeignKeys, foreignKeyScript, listForeignKeys } from './foreign-keys.js';
import { insist } from './insist.js';
import { readJournal, type SwapJournal } from './journal.js';
import { busy, type Loader } from './load.js';
import { awaitSessionLock, holdSessionLock, sessionLockName } from './session-lock.js';
import { applyKeptDefinitions, dropDefinitions } from './stored-objects.js';
import { tablesOf, takeTablesBack } from './table-moves.js';
import { keepPart, takeDefinitions } from './undo.js';

const moveWaitSeconds = 10;

/**
 * Puts live back as it was before a swap that did not come to its end, from what the undo schema itself says. Safe to
 * run again and again. Tries for about a minute while a table is in use or the server is away; when it cannot, the
 * undo schema stays as it is, and the next start or restore tries again. Returns `done` when the swap had come to its end
 * after all: then live is the new one and the undo stays. Throws DomainError `restore-failed`.
 */
export async function reinstate(
  address: MysqlAddress,
  undo: string,
  loader: Loader,
  folder: string,
): Promise<SwapJournal['state']> {
  try {
    return await insist(address, (connection) => putLiveBack(connection, undo, loader, folder));
  } catch (error) {
    throw stuck(undo, error);
  }
}

async function putLiveBack(
  connection: Connection,
  undo: string,
  loader: Loader,
  folder: string,
): Promise<SwapJournal['state']> {
  if (await readJournal(connection, undo)) {
    await holdSessionLock(connection, sessionLockName(undo, 'swap'), moveWaitSeconds);
    await awaitSessionLock(connection, sessionLockName(undo, 'client'), moveWaitSeconds);
  }
  // Only now nobody writes it any more; the last thing that a dying session did may have been to complete the swap.
  const journal = await readJournal(connection, undo);
  if (journal && journal.state !== 'swapping') return 'done';
  if (journal) {
    const { live } = journal;
    await connection.query(`SET SESSION lock_wait_timeout = ${moveWaitSeconds}`);
    await dropDefinitions(connection, live);
    // A foreign key whose parent was missing would follow the new parent out of live.
    const bound = await listForeignKeys(connection, undo, live);
    if (bound.length > 0) await keepPart(connection, undo, 'foreign-keys', foreignKeyScript(bound));
    await dropForeignKeys(connection, bound);
    await takeTablesBack(connection, undo, journal);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const kept = await takeDefinitions(connection, undo, folder);
    await dropDefinitions(connection, live);
    await applyKeptDefinitions({ ...loader, sessionLock: sessionLockName(undo, 'client') }, live, kept);
  }
  // Nothing but our own tables may be left in it now; without a journal there never was anything else.
  if ((await tablesOf(connection, undo)).length > 0) throw busy();
  await dropJournalled(connection, undo);
  return 'swapping';
}

function stuck(undo: string, cause: unknown): DomainError {
  return new DomainError(
    'restore-failed',
    `The restore failed, and putting the database back as it was has not succeeded yet. Everything that it needs is ` +
      `kept in the schema ${undo}; it is tried again before the next backup or restore and at the next start.`,
    { cause },
  );
}
