import { refersToRootKey } from '../../ownership-walk.js';
import type { ForeignKey, ListQuery, Ownership, Reference, RowSelection } from '../../rows.types.js';
import type { Member } from '../../closure-slots.js';
import { closureKeys, whenSql } from './closure-sql.js';
import { type Collate } from './key-collations.js';
import { quoteName } from './quote-name.js';

/** A SELECT of some columns of one table, which stands in it as `t0`. */
export interface Query {
  table: string;
  columns: readonly string[];
  /** What follows FROM: condition, order, limit. The root key is the parameter `@root`, all others are `?`. */
  rest: string;
}

/** Name of the SQL function that yields the text of a REAL's cell (cells.ts). */
export const realTextFunction = 'holdfast_real_text';

export function selectSql({ table, columns, rest }: Query): string {
  const list = columns.map((name) => columnOf('t0', name));
  return `SELECT ${list.join(', ')} FROM ${quoteName(table)} AS t0 ${rest}`;
}

/** As `selectSql`, but text comes as its bytes; each column is followed by 1 where it is text. */
export function carefulSelectSql({ table, columns, rest }: Query): string {
  const list = columns.map((name) => carefully(columnOf('t0', name)));
  return `SELECT ${list.join(', ')} FROM ${quoteName(table)} AS t0 ${rest}`;
}

function carefully(column: string): string {
  return `iif(typeof(${column}) = 'text', CAST(${column} AS BLOB), ${column}), typeof(${column}) = 'text'`;
}

/** Each value but `except` many, given as `?`, with 1 where it is text, and in how many rows it is; at most `?`. */
export function countedValues({ table, column }: { table: string; column: string }, except: number): string {
  const name = columnOf('t0', column);
  const values = Array.from({ length: except }, () => '?').join(', ');
  const condition = `${name} IS NOT NULL AND ${name} NOT IN (${values})`;
  return (
    `SELECT ${carefully(name)}, count(*) FROM ${quoteName(table)} AS t0 WHERE ${condition} ` +
    `GROUP BY ${name} ORDER BY count(*) DESC, ${name} LIMIT ?`
  );
}

export function ownedRows(selection: RowSelection, integers: ReadonlySet<string>, collate: Collate): Query {
  return {
    ...selection,
    rest: `WHERE ${belongs(selection.owner, asSet(collate))} ${orderBy(selection.key, integers)}`,
  };
}

/** Rows of the selection whose reference leads to a row that exists and belongs to somebody else. */
export function strayRows(
  selection: RowSelection,
  reference: Reference,
  integers: ReadonlySet<string>,
  collate: Collate,
): Query {
  const { columns, parent, parentColumns, parentOwner } = reference;
  const given = whenSql('t0', reference);
  const found = `SELECT 1 FROM ${quoteName(parent)} AS t1 WHERE ${given}${joined(columns, parentColumns, 0)}`;
  const stray = `EXISTS (${found} AND (${belongs(parentOwner, asSet(collate), 1)}) IS NOT TRUE)`;
  const rest = `WHERE (${belongs(selection.owner, asSet(collate))}) AND ${stray} ${orderBy(selection.key, integers)} LIMIT ?`;
  return { ...selection, rest };
}

/** Of `count` values of a column, given as `?`, the rows that have one of them and belong to somebody else. */
export function rowsOfOthers(
  selection: RowSelection,
  column: string,
  count: number,
  collate: Collate,
): Query {
  const values = Array.from({ length: count }, () => '?').join(', ');
  const rest = `WHERE ${columnOf('t0', column)} IN (${values}) AND (${belongs(selection.owner, asRow(collate))}) IS NOT TRUE`;
  return { ...selection, rest };
}

/** Rows of the selection whose foreign key has a value, and no row has it. */
export function danglingRows(
  selection: RowSelection,
  key: ForeignKey,
  integers: ReadonlySet<string>,
  collate: Collate,
): Query {
  const set = key.columns.map((name) => `${columnOf('t0', name)} IS NOT NULL`).join(' AND ');
  const rest = `WHERE (${belongs(selection.owner, asSet(collate))}) AND ${set} AND NOT ${referencedRow(key)}`;
  return { ...selection, rest: `${rest} ${orderBy(selection.key, integers)} LIMIT ?` };
}

/** Of `count` values of the referenced columns, those that rows of `table` have and no referenced row has. */
export function orphanedReferences(table: string, key: ForeignKey, count: number): Query {
  const one = `(${key.columns.map(() => '?').join(', ')})`;
  const values = Array.from({ length: count }, () => one).join(', ');
  const referring = `(${columnsOf('t0', key.columns)}) IN (VALUES ${values})`;
  const rest = `WHERE ${referring} AND NOT ${referencedRow(key)} GROUP BY ${columnsOf('t0', key.columns)} LIMIT ?`;
  return { table, columns: key.columns, rest };
}

export function listRows(query: ListQuery, integers: ReadonlySet<string>): Query {
  const conditions = [
    ...Object.keys(query.where ?? {}).map((name) => `${columnOf('t0', name)} IS ?`),
    ...(query.anyOf
      ? [`${columnOf('t0', query.anyOf.column)} IN (${query.anyOf.cells.map(() => '?').join(', ')})`]
      : []),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const { table, columns, orderBy: order } = query;
  return { table, columns, rest: `${where} ${orderBy(order, integers)} LIMIT ? OFFSET ?` };
}

/** `OR ABORT`: a table may say that a duplicate replaces the row that is there, which may be somebody else's. */
export function insertSql(table: string, columns: readonly string[]): string {
  const names = columns.map(quoteName).join(', ');
  return `INSERT OR ABORT INTO ${quoteName(table)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`;
}

/** Of `count` keys, those rows that belong to the project. */
export function claimSql({ table, key, owner }: RowSelection, count: number, collate: Collate): string {
  const values = Array.from({ length: count }, () => `(${key.map(() => '?').join(', ')})`).join(', ');
  const list = key.map((name) => `${columnOf('t0', name)} COLLATE BINARY`).join(', ');
  return `SELECT count(*) FROM ${quoteName(table)} AS t0 WHERE (${list}) IN (VALUES ${values}) AND (${belongs(owner, asSet(collate))})`;
}

export function deleteClaimedSql({ table, key }: RowSelection): string {
  const same = key.map((name) => `${columnOf('t0', name)} COLLATE BINARY IS ?`).join(' AND ');
  return `DELETE FROM ${quoteName(table)} AS t0 WHERE ${same}`;
}

/** Removes the row with one key, given as `?`, if it belongs to the project. */
export function deleteByKeySql({ table, key, owner }: RowSelection, collate: Collate): string {
  // BINARY, since a column's own collation may take another row's key for the same.
  const same = key.map((name) => `${columnOf('t0', name)} COLLATE BINARY IS ?`).join(' AND ');
  return `DELETE FROM ${quoteName(table)} AS t0 WHERE ${same} AND (${belongs(owner, asRow(collate))})`;
}

export function deleteAllSql({ table, owner }: RowSelection, collate: Collate): string {
  return `DELETE FROM ${quoteName(table)} AS t0 WHERE ${belongs(owner, asSet(collate))}`;
}

/**
 * `set` asks by `IN (SELECT ...)`, which SQLite works out once and then goes down by the indexes of the foreign keys:
 * for statements over a whole project. `row` asks by `EXISTS`, which goes up from one row: for one row at a time.
 */
interface Way {
  form: 'set' | 'row';
  collate: Collate;
}

const asSet = (collate: Collate): Way => ({ form: 'set', collate });
const asRow = (collate: Collate): Way => ({ form: 'row', collate });

/** The condition that the row `t<depth>` belongs to the project `@root`. */
function belongs(owner: Ownership, way: Way, depth = 0): string {
  if (owner.kind === 'everybody') return 'TRUE';
  if (owner.kind === 'root') return `${columnOf(`t${depth}`, owner.column)} = @root`;
  if (owner.kind === 'member') return isMember(owner.columns, owner, way, depth);
  if (owner.anyOf.length === 0) return 'FALSE';
  return owner.anyOf.map((reference) => refers(reference, way, depth)).join(' OR ');
}

function refers(reference: Reference, way: Way, depth: number): string {
  const { columns, parent, parentColumns, parentOwner } = reference;
  const given = whenSql(`t${depth}`, reference);
  const referring = referringColumns(`t${depth}`, columns, { table: parent, columns: parentColumns }, way);
  // The root table need not be read (nor still have the row) when the column holds the root key itself.
  if (refersToRootKey(reference)) {
    return `${given}${referring} = @root`;
  }
  if (parentOwner.kind === 'member') return given + isMember(columns, parentOwner, way, depth);
  const from = `FROM ${quoteName(parent)} AS t${depth + 1} WHERE`;
  const owned = belongs(parentOwner, way, depth + 1);
  return way.form === 'row'
    ? `${given}EXISTS (SELECT 1 ${from} ${joined(columns, parentColumns, depth)} AND (${owned}))`
    : `${given}(${referring}) IN (SELECT ${columnsOf(`t${depth + 1}`, parentColumns)} ${from} ${owned})`;
}

function isMember(columns: readonly string[], member: Member, way: Way, depth: number): string {
  // The condition of the rows with which a closure begins.
  const seed = (owner: Ownership) => belongs(owner, asSet(way.collate));
  const referring = referringColumns(`t${depth}`, columns, member, way);
  return `(${referring}) IN (${closureKeys(member, seed, way.collate)})`;
}

/** Compared as the key's own columns are. */
function referringColumns(
  alias: string,
  columns: readonly string[],
  key: Pick<Member, 'table' | 'columns'>,
  { collate }: Way,
): string {
  return columns
    .map((name, at) => columnOf(alias, name) + collate(key.table, key.columns[at] ?? ''))
    .join(', ');
}

/** The row `t<depth + 1>` is the one that `columns` of `t<depth>` refer to. */
function joined(columns: readonly string[], parentColumns: readonly string[], depth: number): string {
  return columns
    .map(
      (name, at) =>
        `${columnOf(`t${depth + 1}`, parentColumns[at] ?? name)} = ${columnOf(`t${depth}`, name)}`,
    )
    .join(' AND ');
}

function referencedRow({ columns, referencedTable, referencedColumns }: ForeignKey): string {
  return `EXISTS (SELECT 1 FROM ${quoteName(referencedTable)} AS t1 WHERE ${joined(columns, referencedColumns, 0)})`;
}

/** Integers by value, all else by the bytes of the cell's text: an order that JavaScript can follow. */
function orderBy(columns: readonly string[], integers: ReadonlySet<string>): string {
  if (columns.length === 0) return '';
  const terms = columns.map((name) => {
    const column = columnOf('t0', name);
    if (integers.has(name)) return column;
    return `iif(typeof(${column}) = 'real', CAST(${realTextFunction}(${column}) AS BLOB), CAST(${column} AS BLOB))`;
  });
  return `ORDER BY ${terms.join(', ')}`;
}

function columnOf(alias: string, name: string): string {
  return `${alias}.${quoteName(name)}`;
}

function columnsOf(alias: string, names: readonly string[]): string {
  return names.map((name) => columnOf(alias, name)).join(', ');
}
