import type { ReducedTable } from '../../scratch.types.js';
import { type Connection, quoteName, select } from '../connection.js';
import { change } from './change.js';

interface ForeignKey {
  name: string;
  /** Quoted, with its schema. */
  table: string;
  definition: string;
  /** Whether both ends are there, all columns of them. */
  isWhole: boolean;
}

const namesOf = (table: string, key: string) => `to_json(ARRAY(SELECT a.attname
    FROM unnest(${key}) WITH ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.attnum))`;

/** Those of the tables of the ids $1, and of their partitions; what stands in a partition only since its whole has it is not told. */
const foreignKeysSql = `SELECT f.conname, f.conrelid::regclass, pg_get_constraintdef(f.oid), c.relname, r.relname,
    r.oid = ANY ($1), ${namesOf('f.conrelid', 'f.conkey')}, ${namesOf('f.confrelid', 'f.confkey')}
  FROM pg_constraint f
    JOIN pg_class c ON c.oid = coalesce(pg_partition_root(f.conrelid), f.conrelid)
    JOIN pg_class r ON r.oid = coalesce(pg_partition_root(f.confrelid), f.confrelid)
  WHERE f.contype = 'f' AND f.conparentid = 0 AND c.oid = ANY ($1) ORDER BY 2, 1`;

/** Drops every foreign key: masks are put on both ends one after the other. The connection's search_path has to be empty. */
export async function dropForeignKeys(
  connection: Connection,
  tables: readonly string[],
  reduced: ReadonlyMap<string, ReducedTable>,
): Promise<ForeignKey[]> {
  type KeyRow = [
    name: string,
    table: string,
    definition: string,
    child: string,
    parent: string,
    isParentKept: string,
    columns: string,
    parentColumns: string,
  ];
  const rows = await select<KeyRow>(connection, foreignKeysSql, [tables]);
  const isThere = (table: string, columns: string) => {
    const drop = reduced.get(table)?.drop ?? [];
    return !(JSON.parse(columns) as string[]).some((column) => drop.includes(column));
  };
  const keys = rows.map(([name, table, definition, child, parent, isParentKept, columns, parentColumns]) => ({
    name,
    table,
    definition,
    isWhole: isParentKept === 't' && isThere(child, columns) && isThere(parent, parentColumns),
  }));
  for (const { name, table } of keys) {
    await change(connection, table, `ALTER TABLE ${table} DROP CONSTRAINT ${quoteName(name)}`);
  }
  return keys;
}

/** Makes those anew whose both ends are there; the server proves that the rows still find each other. */
export async function addForeignKeys(connection: Connection, keys: readonly ForeignKey[]): Promise<void> {
  for (const { name, table, definition, isWhole } of keys) {
    if (!isWhole) continue;
    await change(connection, table, `ALTER TABLE ${table} ADD CONSTRAINT ${quoteName(name)} ${definition}`);
  }
}
