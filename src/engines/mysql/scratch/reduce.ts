import type { Connection } from 'mysql2/promise';
import { DomainError, errorCodeOf, isDomainError } from '../../../common/errors.js';
import type { DatabaseSchema, TableSchema } from '../../rows.types.js';
import type { ReducedTable, Reduction } from '../../scratch.types.js';
import { isLost, quoteName, select } from '../connection.js';
import { listObjects } from '../schema-objects.js';
import { readServerInfo } from '../server.js';
import { keyVariable, maskSql } from './mask-sql.js';

/** Strict, or a mask that does not fit would be cut; but rows of today stand, whatever their dates are. */
const session = `SET SESSION foreign_key_checks = 0, sql_safe_updates = 0, time_zone = '+00:00',
  sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'`;

interface IndexColumn {
  index_name: string;
  column_name: string | null;
}

/** Cuts down the schema that the connection uses. Returns what went beside what was asked for, as sentences. */
export async function reduceSchema(
  connection: Connection,
  schemaName: string,
  { tables: all }: DatabaseSchema,
  { tables, key }: Reduction,
): Promise<string[]> {
  await connection.query(session);
  await connection.execute(`SET ${keyVariable} = ?`, [key.toString('hex')]);
  const reduced = new Map(tables.map((table) => [table.name, table]));
  const notes: string[] = [];
  for (const table of all) {
    const kept = reduced.get(table.name);
    if (kept) notes.push(...(await dropForeignKeys(connection, table, kept, reduced)));
  }
  await dropOthers(connection, schemaName, reduced);
  for (const table of all) {
    const kept = reduced.get(table.name);
    if (kept && (kept.masks.length > 0 || kept.drop.length > 0)) {
      notes.push(...(await changeTable(connection, table, kept)));
    }
  }
  return notes;
}

async function dropForeignKeys(
  connection: Connection,
  table: TableSchema,
  kept: ReducedTable,
  reduced: ReadonlyMap<string, ReducedTable>,
): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, columns, referencedTable, referencedColumns } of table.foreignKeys) {
    const parent = reduced.get(referencedTable);
    const isWhole =
      parent !== undefined &&
      !columns.some((column) => kept.drop.includes(column)) &&
      !referencedColumns.some((column) => parent.drop.includes(column));
    if (isWhole) continue;
    await change(
      connection,
      table.name,
      `ALTER TABLE ${quoteName(table.name)} DROP FOREIGN KEY ${quoteName(name)}`,
    );
    notes.push(`The foreign key ${name} of ${table.name} is not in it: what it joins is not.`);
  }
  return notes;
}

async function dropOthers(
  connection: Connection,
  schemaName: string,
  reduced: ReadonlyMap<string, ReducedTable>,
): Promise<void> {
  for (const { name, kind } of (await listObjects(connection, schemaName)).tables) {
    if (kind === 'sequence') continue;
    if (!reduced.has(name)) await change(connection, name, `DROP TABLE ${quoteName(name)}`);
    // Its history has the old values.
    else if (kind === 'versioned') {
      await change(connection, name, `ALTER TABLE ${quoteName(name)} DROP SYSTEM VERSIONING`);
    }
  }
}

async function changeTable(
  connection: Connection,
  table: TableSchema,
  kept: ReducedTable,
): Promise<string[]> {
  const { name } = table;
  const notes: string[] = [];
  for (const check of await checksOf(connection, name)) {
    await change(connection, name, `ALTER TABLE ${quoteName(name)} DROP CONSTRAINT ${quoteName(check)}`);
    notes.push(`The check ${check} of ${name} is not in it: masked and dropped columns would break it.`);
  }
  await mask(connection, table, kept);
  notes.push(...(await dropColumns(connection, name, kept)));
  return notes;
}

async function mask(
  connection: Connection,
  { name, columns }: TableSchema,
  { masks }: ReducedTable,
): Promise<void> {
  if (masks.length === 0) return;
  const values: unknown[] = [];
  const assignments = masks.flatMap(({ column, mask }) => {
    const schema = columns.find((one) => one.name === column);
    if (!schema) return [];
    const expression = maskSql(mask, schema);
    values.push(...expression.values);
    return `${quoteName(column)} = ${expression.sql}`;
  });
  // A column that the server sets to the present time at each change keeps what it has only when it is told to.
  const masked = new Set(masks.map(({ column }) => column));
  for (const column of await columnsWith(connection, name, '%on update%')) {
    if (!masked.has(column)) assignments.push(`${quoteName(column)} = ${quoteName(column)}`);
  }
  await change(connection, name, `UPDATE ${quoteName(name)} SET ${assignments.join(', ')}`, values);
}

/** An index loses its dropped columns by itself; what is left of a unique one would refuse rows that are right. */
async function dropColumns(connection: Connection, name: string, { drop }: ReducedTable): Promise<string[]> {
  if (drop.length === 0) return [];
  const rows = await select<IndexColumn>(
    connection,
    `SELECT index_name AS index_name, column_name AS column_name FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = ? ORDER BY index_name, seq_in_index`,
    [name],
  );
  const indexes = new Map<string, IndexColumn[]>();
  for (const row of rows) indexes.set(row.index_name, [...(indexes.get(row.index_name) ?? []), row]);
  const isDropped = (row: IndexColumn) => row.column_name !== null && drop.includes(row.column_name);
  const gone = [...indexes].filter(([, parts]) => parts.some(isDropped)).map(([index]) => index);
  const parts = gone.map((index) =>
    index === 'PRIMARY' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(index)}`,
  );
  for (const column of await columnsWith(connection, name, '%auto_increment%')) {
    const leads = [...indexes].some(
      ([index, [first]]) => !gone.includes(index) && first?.column_name === column,
    );
    if (!drop.includes(column) && !leads) parts.push(`ADD INDEX (${quoteName(column)})`);
  }
  parts.push(...drop.map((column) => `DROP COLUMN ${quoteName(column)}`));
  await change(connection, name, `ALTER TABLE ${quoteName(name)} ${parts.join(', ')}`);
  return gone.map((index) => `The index ${index} of ${name} is not in it: it has a column that is dropped.`);
}

async function columnsWith(connection: Connection, table: string, extra: string): Promise<string[]> {
  const rows = await select<{ name: string }>(
    connection,
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND extra LIKE ?`,
    [table, extra],
  );
  return rows.map(({ name }) => name);
}

/** MariaDB lists those of single columns, too, which belong to the column and go with it. */
async function checksOf(connection: Connection, table: string): Promise<string[]> {
  const { mariadb } = await readServerInfo(connection);
  const rows = await select<{ name: string }>(
    connection,
    mariadb
      ? `SELECT constraint_name AS name FROM information_schema.check_constraints
         WHERE constraint_schema = DATABASE() AND table_name = ? AND level = 'Table'`
      : `SELECT constraint_name AS name FROM information_schema.table_constraints
         WHERE table_schema = DATABASE() AND table_name = ? AND constraint_type = 'CHECK'`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/** What the server says of a refused row has the row's values: only its code goes on. */
async function change(
  connection: Connection,
  table: string,
  sql: string,
  values: unknown[] = [],
): Promise<void> {
  try {
    await connection.query(sql, values);
  } catch (error) {
    if (isDomainError(error) || isLost(error)) throw error;
    const code = errorCodeOf(error) ?? 'no reason given';
    const detail = `The server refused to change the copy of the table ${table} as the policy says (${code}). Change the policy: drop what depends on a dropped column, too, or mask in another way.`;
    throw new DomainError('conflict', detail);
  }
}
