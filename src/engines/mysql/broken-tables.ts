import type { Connection } from 'mysql2/promise';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { quoteName } from './connection.js';
import { listObjects } from './schema-objects.js';

const openWaitSeconds = 2;

/** A table that the server lists and cannot open: its file is gone or damaged. It can be dropped, but not renamed. */
export interface BrokenTable {
  name: string;
  /** The server's, such as `ER_TABLESPACE_MISSING`. */
  errorCode: string;
}

/** Opens every table, without reading rows. One that others keep locked is not broken. */
export async function findBrokenTables(connection: Connection, schema: string): Promise<BrokenTable[]> {
  await connection.query(`SET SESSION lock_wait_timeout = ${openWaitSeconds}`);
  const broken: BrokenTable[] = [];
  for (const { name } of (await listObjects(connection, schema)).tables) {
    const error = await openingError(connection, schema, name);
    if (error !== null) broken.push({ name, errorCode: error });
  }
  return broken;
}

async function openingError(connection: Connection, schema: string, table: string): Promise<string | null> {
  try {
    await connection.query(`SELECT 1 FROM ${quoteName(schema)}.${quoteName(table)} LIMIT 0`);
    return null;
  } catch (error) {
    if (!isServersAnswer(error)) throw error;
    const code = errorCodeOf(error) ?? 'unknown error';
    return meansSomethingElse.test(code) ? null : code;
  }
}

/** The driver's own errors (a connection that was cut) carry no SQLSTATE. */
function isServersAnswer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'sqlState' in error && Boolean(error.sqlState);
}

/** In use, dropped by now, or not for this account to see. */
const meansSomethingElse = /^ER_(LOCK_|NO_SUCH_TABLE$|BAD_TABLE|.*ACCESS_DENIED)/;

/** Throws DomainError `database-refused` when live has tables that no undo could hold. */
export async function mustBeKeepable(connection: Connection, live: string): Promise<void> {
  const broken = await findBrokenTables(connection, live);
  if (broken.length === 0) return;
  const names = broken.map(({ name, errorCode }) => `${name} (${errorCode})`).join(', ');
  throw new DomainError(
    'database-refused',
    `The server cannot open these tables, so they cannot be kept: ${names}. Repair or drop them, or restore with ` +
      'keep_nothing, which replaces the database and keeps nothing of it. Nothing was changed.',
  );
}
