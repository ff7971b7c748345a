import type { Connection } from 'mysql2/promise';
import { mkdir } from 'node:fs/promises';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import type { MysqlAddress } from './address.js';
import { clearSchema } from './clear-schema.js';
import { dropForeignKeys, foreignKeyScript, listForeignKeys } from './foreign-keys.js';
import { dropJournalled } from './drop-undo.js';
import { insist } from './insist.js';
import { readReplacement } from './journal.js';
import type { Loader } from './load.js';
import { awaitSessionLock, holdSessionLock, sessionLockName } from './session-lock.js';
import { applyDefinitions, applyKeptDefinitions, dropDefinitions } from './stored-objects.js';
import { moveIn, tablesOf } from './table-moves.js';
import { keepPart, takeDefinitions } from './undo.js';

const moveWaitSeconds = 10;

/** What was kept beside the replacement's own definitions; the server may refuse single statements of it. */
const lenientParts = ['grants', 'foreign-keys'];

/**
 * Drops what is live and puts the staging in its place, when its journal says so. Safe to run again and again, after a
 * crash at any instant; the staging schema goes last. Returns false when there was nothing to do. Throws DomainError
 * `restore-failed`; the journal stays, and the next start or job tries again.
 */
export async function bringForward(
  address: MysqlAddress,
  staging: string,
  loader: Loader,
  folder: string,
): Promise<boolean> {
  try {
    return await insist(address, (connection) => putInPlace(connection, staging, loader, folder));
  } catch (error) {
    throw stuck(staging, error);
  }
}

async function putInPlace(
  connection: Connection,
  staging: string,
  loader: Loader,
  folder: string,
): Promise<boolean> {
  await holdSessionLock(connection, sessionLockName(staging, 'swap'), moveWaitSeconds);
  await awaitSessionLock(connection, sessionLockName(staging, 'client'), moveWaitSeconds);
  const journal = await readReplacement(connection, staging);
  if (!journal) return false;
  const { live, incomingTables } = journal;
  await connection.query(`SET SESSION lock_wait_timeout = ${moveWaitSeconds}`);
  // One statement moves them all. While one is here, none is live, and what is live goes.
  const moved = incomingTables.length > 0 && (await tablesOf(connection, staging)).length === 0;
  if (!moved) {
    await clearSchema(connection, live, incomingTables);
    await moveIn(connection, staging, live, incomingTables);
  }
  await dropDefinitions(connection, live);
  // Foreign keys whose parent is missing still name the staging.
  const strange = await listForeignKeys(connection, live, staging);
  if (strange.length > 0) await keepPart(connection, staging, 'foreign-keys', foreignKeyScript(strange));
  await dropForeignKeys(connection, strange);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { parts } = await takeDefinitions(connection, staging, folder);
  const client = { ...loader, signal: undefined, sessionLock: sessionLockName(staging, 'client') };
  const strict = parts.filter((part) => !lenientParts.includes(part));
  const lenient = parts.filter((part) => lenientParts.includes(part));
  await applyDefinitions(client, live, { folder, parts: strict });
  await applyKeptDefinitions(client, live, { folder, parts: lenient });
  await dropJournalled(connection, staging);
  return true;
}

function stuck(staging: string, cause: unknown): DomainError {
  const reason = isDomainError(cause) ? cause.code : (errorCodeOf(cause) ?? 'no reason given');
  return new DomainError(
    'restore-failed',
    `What was live is being replaced without being kept, and that has not come to its end yet (${reason}). The ` +
      `replacement is whole, in the schema ${staging}; it is put in place before the next backup or restore and at the next start.`,
    { cause },
  );
}
