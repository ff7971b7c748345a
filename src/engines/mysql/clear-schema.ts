import type { Connection } from 'mysql2/promise';
import { quoteName } from './connection.js';
import { listObjects } from './schema-objects.js';
import { dropDefinitions } from './stored-objects.js';

/**
 * Drops everything that a schema holds, also tables that the server cannot open any more. `names`: tables that only the
 * storage engine may still know; they would be in the way of new ones. Safe to run again.
 */
export async function clearSchema(
  connection: Connection,
  schema: string,
  names: readonly string[],
): Promise<void> {
  const { tables, events } = await listObjects(connection, schema);
  const drop = (kind: string, name: string) =>
    connection.query(`DROP ${kind} IF EXISTS ${quoteName(schema)}.${quoteName(name)}`);
  await connection.query('SET SESSION foreign_key_checks = 0');
  for (const name of events) await drop('EVENT', name);
  // Before their triggers, which cannot be dropped while the server cannot open their table; they go with it.
  for (const { name } of tables) await drop('TABLE', name);
  await dropDefinitions(connection, schema);
  for (const name of names) await drop('TABLE', name);
  await connection.query('SET SESSION foreign_key_checks = 1');
}
