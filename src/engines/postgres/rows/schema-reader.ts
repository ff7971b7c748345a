import type { DatabaseSchema, ForeignKey, TableSchema } from '../../rows.types.js';
import { quoteName, quoteText } from '../connection.js';
import type { RowSession } from './row-session.js';
import { baseTypeSql } from './table-columns.js';

/** Tables and partitioned tables; a partition's rows are those of its whole. */
const ownTable = `c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;

const columnsSql = `SELECT c.relname, a.attname, format_type(b.type, b.modifier), NOT a.attnotnull,
    a.attgenerated <> '', a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN ${baseTypeSql}
  WHERE ${ownTable} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;

/** Unique indexes over plain columns and all rows; others make no row unique by its columns. */
const keysSql = `SELECT c.relname, i.indisprimary, to_json(ARRAY(SELECT a.attname
      FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a
        ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE k.n <= i.indnkeyatts ORDER BY k.n))
  FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
  WHERE ${ownTable} AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  ORDER BY c.relname, x.relname`;

const named = (table: string, key: string) => `to_json(ARRAY(SELECT a.attname
      FROM unnest(${key}) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a
        ON a.attrelid = ${table} AND a.attnum = k.attnum ORDER BY k.n))`;

const foreignKeysSql = `SELECT c.relname, f.conname, ${named('f.conrelid', 'f.conkey')}, r.relname,
    ${named('f.confrelid', 'f.confkey')}, f.confdeltype
  FROM pg_class c JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f'
    JOIN pg_class r ON r.oid = f.confrelid
  WHERE ${ownTable} AND r.relnamespace = c.relnamespace AND NOT r.relispartition
  ORDER BY c.relname, f.conname`;

/** The bits of pg_trigger.tgtype. */
const eventsSql = `(VALUES (4, 'INSERT'), (8, 'DELETE'), (16, 'UPDATE')) AS e (bit, name)`;

/** Only what fires in a session that is a replica, as those that write are (postgres-rows.ts). */
const triggersSql = `SELECT c.relname, g.tgname, e.name, p.prosrc
  FROM pg_class c JOIN pg_trigger g ON g.tgrelid = c.oid JOIN pg_proc p ON p.oid = g.tgfoid
    JOIN ${eventsSql} ON g.tgtype::int & e.bit <> 0
  WHERE ${ownTable} AND NOT g.tgisinternal AND g.tgenabled IN ('A', 'R')
  ORDER BY c.relname, g.tgname, e.bit`;

/** Not those of triggers, whose text is the trigger's own, nor those of extensions. */
const routinesSql = `SELECT DISTINCT p.proname FROM pg_proc p
  WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind IN ('f', 'p')
    AND p.prorettype <> 'trigger'::regtype
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND d.deptype = 'e') ORDER BY 1`;

export async function readSchema(session: RowSession, schema: string): Promise<DatabaseSchema> {
  const [found] = await session.rows<[string]>(
    `SELECT to_regnamespace(${quoteText(quoteName(schema))}) IS NOT NULL`,
  );
  if (found?.[0] !== 't') return { tables: [], routines: [] };
  const tables = new Map<string, TableSchema>();
  const names = await session.rows<[string]>(
    `SELECT c.relname FROM pg_class c WHERE ${ownTable} ORDER BY c.relname`,
  );
  for (const [name] of names) tables.set(name, emptyTable(name));
  await addColumns(session, tables);
  await addKeys(session, tables);
  for (const [table, name, event, body] of await session.rows<[string, string, string, string]>(
    triggersSql,
  )) {
    tables.get(table)?.triggers.push({ name, event, body });
  }
  const routines = await session.rows<[string]>(routinesSql);
  return { tables: [...tables.values()], routines: routines.map(([name]) => name) };
}

function emptyTable(name: string): TableSchema {
  return {
    name,
    columns: [],
    primaryKey: [],
    uniqueKeys: [],
    foreignKeys: [],
    triggers: [],
    transactional: true,
  };
}

async function addColumns(session: RowSession, tables: ReadonlyMap<string, TableSchema>): Promise<void> {
  type ColumnRow = [
    table: string,
    name: string,
    type: string,
    nullable: string,
    generated: string,
    required: string,
  ];
  for (const [table, name, type, ...flags] of await session.rows<ColumnRow>(columnsSql)) {
    const [nullable, generated, required] = flags.map((flag) => flag === 't');
    tables.get(table)?.columns.push({
      name,
      type,
      nullable: nullable === true,
      generated: generated === true,
      ...(required && { required: true }),
    });
  }
}

const actions: Record<string, string> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

async function addKeys(session: RowSession, tables: ReadonlyMap<string, TableSchema>): Promise<void> {
  for (const [table, primary, columns] of await session.rows<[string, string, string]>(keysSql)) {
    const schema = tables.get(table);
    if (primary === 't' && schema) schema.primaryKey = namesIn(columns);
    else schema?.uniqueKeys.push(namesIn(columns));
  }
  type KeyRow = [
    table: string,
    name: string,
    columns: string,
    parent: string,
    parents: string,
    action: string,
  ];
  for (const [table, name, columns, parent, parents, action] of await session.rows<KeyRow>(foreignKeysSql)) {
    const foreignKey: ForeignKey = {
      name,
      columns: namesIn(columns),
      referencedTable: parent,
      referencedColumns: namesIn(parents),
      onDelete: actions[action] ?? action,
    };
    tables.get(table)?.foreignKeys.push(foreignKey);
  }
}

function namesIn(json: string): string[] {
  return JSON.parse(json) as string[];
}
