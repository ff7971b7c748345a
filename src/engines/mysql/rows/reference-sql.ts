import { anyOf, disjoint, tuple } from '../../sql-conditions.js';
import type { ForeignKey, Reference, Row, RowSelection } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { Locking } from './ownership-context.js';
import { ownershipWays } from './ownership-sql.js';
import { comparisons, keyOf, referringOf } from './key-comparison.js';
import { whenSql } from './when-sql.js';
import { readList } from './select-sql.js';
import type { Columns, TableColumns } from './table-columns.js';

/*
 * A foreign key with a NULL in any of its columns refers to nothing (MATCH SIMPLE, the only kind that these servers
 * know): `=` and IN are never true of NULL, and the anti-joins below ask for it.
 */

/** The rows of the selection whose `reference` leads to a row that exists and is not the project's. */
export function selectStray(
  selection: RowSelection,
  reference: Reference,
  columns: Columns,
  limit: number,
): string {
  const context = { columns, rootKey: selection.rootKey, locking: '' as const };
  const owned = anyOf(ownershipWays(reference.parent, 'r', reference.parentOwner, context));
  const given = whenSql(selection.table, 't', reference, columns);
  const condition = `JOIN ${quoteName(reference.parent)} r ON ${given}${joinedAsKeys(selection.table, reference, columns)}
    WHERE (${owned}) IS NOT TRUE`;
  return ownedRows(selection, columns, condition, limit, '');
}

/** Where the key itself has to be converted, its index serves the plain comparison only, which finds others, too. */
function joinedAsKeys(table: string, reference: Reference, columns: Columns): string {
  const compared = comparisons(table, reference, columns);
  const pairs = reference.columns.flatMap((name, at) => {
    const [key, referring] = [`r.${quoteName(reference.parentColumns[at] ?? '')}`, `t.${quoteName(name)}`];
    const exact = `${keyOf(compared[at], key)} = ${referringOf(compared[at], referring)}`;
    return keyOf(compared[at], key) === key ? exact : [`${key} = ${referring}`, exact];
  });
  return pairs.join(' AND ');
}

/** The rows of the selection's table under all of these conditions on `t` that are not the project's. */
export function selectOfOthers(
  { table, columns: names, owner, rootKey }: RowSelection,
  columns: Columns,
  conditions: readonly string[],
): string {
  const owned = anyOf(ownershipWays(table, 't', owner, { columns, rootKey, locking: '' }));
  return `SELECT ${readList(columns(table), names)} FROM ${quoteName(table)} t
    WHERE ${conditions.join(' AND ')} AND (${owned}) IS NOT TRUE`;
}

/**
 * The rows of the selection whose foreign key points to nothing. Locks what it finds, as the server's own check does:
 * it sees what is committed now, and a referenced row stays until the transaction ends.
 */
export function selectDangling(
  selection: RowSelection,
  key: ForeignKey,
  columns: Columns,
  limit: number,
): string {
  return ownedRows(selection, columns, withoutParent(key), limit, ' LOCK IN SHARE MODE');
}

/** Rows of the selection under `condition`, which is a join with `r` and the beginning of a WHERE. */
function ownedRows(
  { table, columns: names, owner, rootKey }: RowSelection,
  columns: Columns,
  condition: string,
  limit: number,
  locking: Locking,
): string {
  const select = `SELECT ${readList(columns(table), names)} FROM ${quoteName(table)} t ${condition}`;
  const ways = disjoint(ownershipWays(table, 't', owner, { columns, rootKey, locking }));
  const parts = ways.map((way) => `(${select} AND ${way} LIMIT ${limit}${locking})`);
  return parts.length === 0 ? `${select} AND FALSE` : `${parts.join(' UNION ALL ')} LIMIT ${limit}`;
}

/** The values that rows of the table still refer to, though the referenced table no longer has them. */
export function selectOrphaned(
  columns: TableColumns,
  key: ForeignKey,
  values: readonly Row[],
  limit: number,
): string {
  const referring = tuple(key.columns.map((name) => `t.${quoteName(name)}`));
  const list = values.map((row) =>
    tuple(key.columns.map((name, index) => columns.stored(name, row[index] ?? null))),
  );
  return `SELECT DISTINCT ${readList(columns, key.columns)} FROM ${quoteName(columns.table)} t ${withoutParent(key)}
    AND ${referring} IN (${list.join(', ')}) LIMIT ${limit} LOCK IN SHARE MODE`;
}

/** Joins the referenced table as `r` and keeps the rows that refer to something and find nothing. */
function withoutParent(key: ForeignKey): string {
  const referring = key.columns.map((name) => `t.${quoteName(name)} IS NOT NULL`);
  const missing = `r.${quoteName(key.referencedColumns[0] ?? '')} IS NULL`;
  return `LEFT JOIN ${quoteName(key.referencedTable)} r ON ${joined(key.columns, key.referencedColumns)}
    WHERE ${[...referring, missing].join(' AND ')}`;
}

function joined(columns: readonly string[], referenced: readonly string[]): string {
  return columns
    .map((name, index) => `r.${quoteName(referenced[index] ?? '')} = t.${quoteName(name)}`)
    .join(' AND ');
}
