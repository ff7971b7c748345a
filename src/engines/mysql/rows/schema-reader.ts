import type { DatabaseSchema, ForeignKey, TableSchema } from '../../rows.types.js';
import type { RowSession } from './row-session.js';

const inThisSchema = 'table_schema = DATABASE()';

/** A system-versioned table of MariaDB is a base table with a history that row access does not see. */
const tablesSql = `SELECT t.table_name, COALESCE(e.transactions, 'NO') = 'YES'
  FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
  WHERE t.${inThisSchema} AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY t.table_name`;

/** Not by EXTRA: MySQL says DEFAULT_GENERATED there of columns that are not generated. */
const columnsSql = `SELECT table_name, column_name, column_type, is_nullable = 'YES',
    COALESCE(generation_expression, '') <> '',
    is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%auto_increment%'
      AND COALESCE(generation_expression, '') = ''
  FROM information_schema.columns WHERE ${inThisSchema} ORDER BY table_name, ordinal_position`;

/** An index over an expression has no column name there. */
const keysSql = `SELECT table_name, index_name, column_name FROM information_schema.statistics
  WHERE ${inThisSchema} AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index`;

/**
 * `r.constraint_schema = k.constraint_schema` would mean the same, but MariaDB then opens the tables of every schema of
 * the server, and waits while one of them is locked.
 */
const foreignKeysSql = `SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name,
    k.referenced_column_name, r.delete_rule
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r ON r.constraint_schema = DATABASE()
    AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
  WHERE k.${inThisSchema} AND k.referenced_table_schema = DATABASE()
  ORDER BY k.table_name, k.constraint_name, k.ordinal_position`;

const triggersSql = `SELECT event_object_table, trigger_name, event_manipulation, action_statement
  FROM information_schema.triggers
  WHERE event_object_schema = DATABASE() ORDER BY event_object_table, trigger_name`;

const routinesSql = `SELECT routine_name FROM information_schema.routines
  WHERE routine_schema = DATABASE() ORDER BY routine_name`;

export async function readSchema(session: RowSession): Promise<DatabaseSchema> {
  const tables = new Map<string, TableSchema>();
  for (const [name, transactional] of await session.rows<[string, number]>(tablesSql)) {
    tables.set(name, {
      name,
      columns: [],
      primaryKey: [],
      uniqueKeys: [],
      foreignKeys: [],
      triggers: [],
      transactional: transactional === 1,
    });
  }
  type ColumnRow = [
    table: string,
    name: string,
    type: string,
    nullable: 0 | 1,
    generated: 0 | 1,
    required: 0 | 1,
  ];
  for (const [table, name, type, nullable, generated, required] of await session.rows<ColumnRow>(
    columnsSql,
  )) {
    tables.get(table)?.columns.push({
      name,
      type,
      nullable: nullable === 1,
      generated: generated === 1,
      ...(required === 1 && { required: true }),
    });
  }
  addKeys(tables, await session.rows<KeyRow>(keysSql));
  addForeignKeys(tables, await session.rows<ForeignKeyRow>(foreignKeysSql));
  type TriggerRow = [table: string, name: string, event: string, body: string | null];
  for (const [table, name, event, body] of await session.rows<TriggerRow>(triggersSql)) {
    // MariaDB hides the text from an account without the privilege TRIGGER; a CALL stands for the worst it could do.
    tables.get(table)?.triggers.push({ name, event, body: body ?? 'CALL hidden' });
  }
  const routines = await session.rows<[name: string]>(routinesSql);
  return { tables: [...tables.values()], routines: routines.map(([name]) => name) };
}

type KeyRow = [table: string, index: string, column: string | null];

function addKeys(tables: Map<string, TableSchema>, rows: readonly KeyRow[]): void {
  for (const [table, index, parts] of grouped(rows)) {
    const columns = parts.flatMap(([, , column]) => column ?? []);
    const schema = tables.get(table);
    if (!schema || columns.length !== parts.length) continue;
    if (index === 'PRIMARY') schema.primaryKey = columns;
    else schema.uniqueKeys.push(columns);
  }
}

type ForeignKeyRow = [
  table: string,
  name: string,
  column: string,
  referencedTable: string,
  referencedColumn: string,
  onDelete: string,
];

function addForeignKeys(tables: Map<string, TableSchema>, rows: readonly ForeignKeyRow[]): void {
  // With lower_case_table_names = 2 a reference is written in lower case, whatever the table's own name is.
  const ownNames = new Map([...tables.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [table, name, parts] of grouped(rows)) {
    const [first] = parts;
    if (!first) continue;
    const [, , , referenced, , onDelete] = first;
    const foreignKey: ForeignKey = {
      name,
      columns: parts.map(([, , column]) => column),
      referencedTable: tables.has(referenced)
        ? referenced
        : (ownNames.get(referenced.toLowerCase()) ?? referenced),
      referencedColumns: parts.map(([, , , , column]) => column),
      onDelete,
    };
    tables.get(table)?.foreignKeys.push(foreignKey);
  }
}

/** Rows that agree in table and name, which stand together. */
function grouped<R extends readonly [string, string, ...unknown[]]>(
  rows: readonly R[],
): [string, string, R[]][] {
  const groups: [string, string, R[]][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && last[0] === row[0] && last[1] === row[1]) last[2].push(row);
    else groups.push([row[0], row[1], [row]]);
  }
  return groups;
}
