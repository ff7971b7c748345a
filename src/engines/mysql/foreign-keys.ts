import type { Connection } from 'mysql2/promise';
import { quoteName, select } from './connection.js';

interface ForeignKeyColumn {
  table: string;
  name: string;
  column: string;
  parent: string;
  parentColumn: string;
  onUpdate: string;
  onDelete: string;
}

export interface BoundForeignKey {
  schema: string;
  table: string;
  name: string;
  /** Puts it on again, to be run inside the schema where the tables stand then. */
  add: string;
}

/**
 * The foreign keys of `schema` that point into `target`. Foreign keys follow a rename only while their parent table
 * exists: one whose parent was dropped keeps the old name, and would tie an undo to the live table of that name.
 */
export async function listForeignKeys(
  connection: Connection,
  schema: string,
  target: string,
): Promise<BoundForeignKey[]> {
  const columns = await select<ForeignKeyColumn>(
    connection,
    `SELECT k.table_name AS \`table\`, k.constraint_name AS name, k.column_name AS \`column\`,
            k.referenced_table_name AS parent, k.referenced_column_name AS parentColumn,
            r.update_rule AS onUpdate, r.delete_rule AS onDelete
     FROM information_schema.key_column_usage k
     JOIN information_schema.referential_constraints r
       ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
      AND r.table_name = k.table_name
     WHERE k.table_schema = ? AND r.constraint_schema = ? AND k.referenced_table_schema = ?
     ORDER BY 1, 2, k.ordinal_position`,
    [schema, schema, target],
  );
  return columns.filter(isFirstOfKey).map(({ table, name }) => {
    const parts = columns.filter((column) => column.table === table && column.name === name);
    return { schema, table, name, add: addForeignKey(parts) };
  });
}

export async function dropForeignKeys(
  connection: Connection,
  keys: readonly BoundForeignKey[],
): Promise<void> {
  for (const { schema, table, name } of keys) {
    await connection.query(
      `ALTER TABLE ${quoteName(schema)}.${quoteName(table)} DROP FOREIGN KEY ${quoteName(name)}`,
    );
  }
}

function isFirstOfKey({ table, name }: ForeignKeyColumn, index: number, all: ForeignKeyColumn[]): boolean {
  const previous = all[index - 1];
  return previous?.table !== table || previous.name !== name;
}

function addForeignKey(parts: readonly ForeignKeyColumn[]): string {
  const { table, name, parent, onUpdate, onDelete } = parts[0] as ForeignKeyColumn;
  const names = (column: 'column' | 'parentColumn') =>
    parts.map((part) => quoteName(part[column])).join(', ');
  const rules = [rule('DELETE', onDelete), rule('UPDATE', onUpdate)].join('');
  return (
    `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} FOREIGN KEY (${names('column')}) ` +
    `REFERENCES ${quoteName(parent)} (${names('parentColumn')})${rules}`
  );
}

/** The servers' default is the same under two names. */
function rule(event: string, action: string): string {
  return ['RESTRICT', 'NO ACTION'].includes(action) ? '' : ` ON ${event} ${action}`;
}

/** As a script for the client; the parent may not exist. */
export function foreignKeyScript(keys: readonly BoundForeignKey[]): string {
  return ['SET foreign_key_checks = 0', ...keys.map(({ add }) => add)].map((sql) => `${sql};\n`).join('');
}

/** Puts the keys on again, inside `schema`. */
export async function addForeignKeys(
  connection: Connection,
  schema: string,
  keys: readonly BoundForeignKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await connection.query(`USE ${quoteName(schema)}`);
  await connection.query('SET SESSION foreign_key_checks = 0');
  for (const { add } of keys) await connection.query(add);
  await connection.query('SET SESSION foreign_key_checks = 1');
}
