import { DomainError } from '../../../common/errors.js';
import type { ColumnSchema, DatabaseSchema, ForeignKey, TableSchema } from '../../rows.types.js';
import type { Connection } from '../connection.js';

interface ColumnRow {
  name: string;
  type: string;
  notnull: number;
  pk: number;
  hidden: number;
  dflt_value: string | null;
}

interface ForeignKeyRow {
  id: number;
  table: string;
  from: string;
  to: string | null;
  on_delete: string;
}

/** What `PRAGMA table_xinfo` says in `hidden`. */
const hiddenColumn = 1;
const generatedColumns = [2, 3];

/** The tables with all that a plan must know of them. Throws DomainError `database-refused` for a UTF-16 database. */
export function readSchema(connection: Connection): DatabaseSchema {
  if (connection.pragma('encoding', { simple: true }) !== 'UTF-8') {
    throw new DomainError(
      'database-refused',
      'This database keeps its text as UTF-16; project backups need UTF-8. Full backups work.',
    );
  }
  const tables = connection
    .prepare<[], string>(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
       AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .pluck()
    .all()
    .map((name) => readTable(connection, name));
  return {
    tables: tables.map((table) => ({ ...table, foreignKeys: foreignKeysOf(connection, table, tables) })),
    // SQLite keeps none: its functions belong to the program that opens the file.
    routines: [],
  };
}

export function readColumns(connection: Connection, table: string): ColumnSchema[] {
  return columnRows(connection, table).map(({ name, type, notnull, hidden, dflt_value: preset }) => ({
    name,
    type,
    nullable: notnull === 0,
    generated: generatedColumns.includes(hidden),
    ...(notnull === 1 && preset === null && { required: true }),
  }));
}

/**
 * Whether keys in a column of this type are ordered as integers: SQLite's own rule for a declared type, but for the
 * POINT and the YEAR of other databases. The same as in project-scope/compare-keys.ts, which follows this order.
 */
export function isIntegerType(type: string): boolean {
  return /^year/i.test(type) || (/int/i.test(type) && !/point/i.test(type));
}

function readTable(connection: Connection, name: string): TableSchema {
  const key = columnRows(connection, name)
    .filter(({ pk }) => pk > 0)
    .sort((one, other) => one.pk - other.pk);
  const columns = readColumns(connection, name);
  // The one kind of primary key that is an alias of the row id; it is never NULL though nothing says so.
  const [single] = key;
  if (key.length === 1 && single?.type.toUpperCase() === 'INTEGER') {
    for (const column of columns) if (column.name === single.name) column.nullable = false;
  }
  return {
    name,
    columns,
    primaryKey: key.map((column) => column.name),
    uniqueKeys: uniqueKeysOf(connection, name),
    foreignKeys: [],
    triggers: connection
      .prepare<[string], { name: string; body: string }>(
        `SELECT name, sql AS body FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name`,
      )
      .all(name)
      .map((trigger) => ({ ...trigger, event: eventOf(trigger.body) })),
    transactional: true,
  };
}

const quotedOrPlain = String.raw`(?:"[^"]*"|'[^']*'|\`[^\`]*\`|\[[^\]]*\]|[^\s."'\`[]+)`;
const triggerHead = new RegExp(
  String.raw`^create\s+trigger\s+${quotedOrPlain}\s+(?:(?:before|after)\s+)?(insert|update|delete)\b`,
  'i',
);

/** Null where the head of a trigger is written in an unusual way. */
function eventOf(sql: string): string | null {
  return triggerHead.exec(sql)?.[1]?.toUpperCase() ?? null;
}

function columnRows(connection: Connection, table: string): ColumnRow[] {
  return connection
    .prepare<[string], ColumnRow>(
      'SELECT name, type, "notnull", pk, hidden, dflt_value FROM pragma_table_xinfo(?) ORDER BY cid',
    )
    .all(table)
    .filter(({ hidden }) => hidden !== hiddenColumn);
}

/** Neither partial ones nor those on expressions: they do not tell rows apart. */
function uniqueKeysOf(connection: Connection, table: string): string[][] {
  const indexes = connection
    .prepare<[string], string>(
      `SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk' AND partial = 0 ORDER BY name`,
    )
    .pluck()
    .all(table);
  return indexes
    .map((index) =>
      connection
        .prepare<[string], string | null>('SELECT name FROM pragma_index_info(?) ORDER BY seqno')
        .pluck()
        .all(index),
    )
    .filter((names): names is string[] => names.every((name) => name !== null));
}

/** Names are spelled as the tables spell them; a key that leads to no table refers to nothing and is left out. */
function foreignKeysOf(connection: Connection, table: TableSchema, tables: TableSchema[]): ForeignKey[] {
  const rows = connection
    .prepare<[string], ForeignKeyRow>(
      'SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    )
    .all(table.name);
  const ids = [...new Set(rows.map(({ id }) => id))];
  return ids.flatMap((id) => {
    const parts = rows.filter((row) => row.id === id);
    const [first] = parts;
    const parent = tables.find(({ name }) => isSameName(name, first?.table));
    if (!first || !parent) return [];
    const columns = parts.map(({ from }) => spelled(table, from));
    // Without named columns, the parent's primary key is meant.
    const referencedColumns = parts.map(({ to }, at) =>
      to === null ? (parent.primaryKey[at] ?? '') : spelled(parent, to),
    );
    if (referencedColumns.includes('')) return [];
    const name = `${columns.join(', ')} -> ${parent.name} (${referencedColumns.join(', ')})`;
    return [{ name, columns, referencedTable: parent.name, referencedColumns, onDelete: first.on_delete }];
  });
}

function spelled({ columns }: TableSchema, name: string): string {
  return columns.find((column) => isSameName(column.name, name))?.name ?? '';
}

function isSameName(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}
