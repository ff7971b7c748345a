import type { Connection } from 'mysql2/promise';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import type { MysqlAddress } from './address.js';
import { quoteName, select, withConnection } from './connection.js';
import { awaitSessionLock, holdSessionLock, sessionLockName } from './session-lock.js';

/** Makes a schema with live's default character set. Throws DomainError `database-refused` with the grant it needs. */
export async function createSchema(connection: Connection, live: string, schema: string): Promise<void> {
  const [defaults] = await select<{ charset: string; collation: string }>(
    connection,
    `SELECT default_character_set_name AS charset, default_collation_name AS collation
     FROM information_schema.schemata WHERE schema_name = ?`,
    [live],
  );
  try {
    await connection.query(
      `CREATE DATABASE ${quoteName(schema)}
       CHARACTER SET ${defaults?.charset ?? 'utf8mb4'} COLLATE ${defaults?.collation ?? 'utf8mb4_bin'}`,
    );
  } catch (error) {
    if (errorCodeOf(error) !== 'ER_DBACCESS_DENIED_ERROR') throw error;
    throw new DomainError(
      'database-refused',
      `The database user may not create the schema ${schema}, in which a restore is checked before anything live ` +
        `is touched. Grant it all privileges on \`${live.replaceAll('_', '\\_')}\\_holdfast\\_%\`.*`,
      { cause: error },
    );
  }
}

/** Makes a schema with empty copies of these tables of live: columns and keys, no foreign keys, no triggers. */
export async function createEmptyCopies(
  connection: Connection,
  live: string,
  schema: string,
  tables: readonly string[],
): Promise<void> {
  await holdSessionLock(connection, sessionLockName(schema, 'swap'), 0);
  await createSchema(connection, live, schema);
  for (const name of tables) {
    await connection.query(
      `CREATE TABLE ${quoteName(schema)}.${quoteName(name)} LIKE ${quoteName(live)}.${quoteName(name)}`,
    );
  }
}

const dropWaitSeconds = 10;

/**
 * On a connection of its own: also when the one that worked with the schema is gone. Waits for what a dead session or
 * client still has under way in it: a server that creates while it drops leaves files that nobody can remove.
 */
export async function dropSchema(address: MysqlAddress, schema: string): Promise<void> {
  await withConnection(address, async (connection) => {
    for (const role of ['swap', 'client'] as const) {
      await awaitSessionLock(connection, sessionLockName(schema, role), dropWaitSeconds);
    }
    await connection.query(`DROP DATABASE IF EXISTS ${quoteName(schema)}`);
  });
}
