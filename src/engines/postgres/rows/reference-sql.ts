import { anyOf, disjoint } from '../../sql-conditions.js';
import type { ForeignKey, Reference, Row, RowSelection } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { column, joined, type Side } from './comparison-sql.js';
import { hasOneOf } from './key-sql.js';
import { ownershipWays } from './ownership-sql.js';
import { readList } from './select-sql.js';
import type { Columns } from './table-columns.js';
import { whenSql } from './when-sql.js';

/*
 * A foreign key with a NULL in any of its columns refers to nothing (MATCH SIMPLE): `=` is never true of NULL, and the
 * anti-joins below ask for it.
 */

/** The rows of the selection whose `reference` leads to a row that exists and is not the project's. */
export function selectStray(
  selection: RowSelection,
  reference: Reference,
  columns: Columns,
  limit: number,
): string {
  const { table, rootKey } = selection;
  const { parent, parentColumns, parentOwner } = reference;
  const owned = anyOf(ownershipWays(parent, 'r', parentOwner, { columns, rootKey }));
  const child: Side = { table, alias: 't', columns: reference.columns };
  const same = joined(child, { table: parent, alias: 'r', columns: parentColumns }, columns);
  const found = `SELECT 1 FROM ${quoteName(parent)} r WHERE ${same} AND (${owned}) IS NOT TRUE`;
  return ownedRows(selection, columns, `${whenSql(table, 't', reference, columns)}EXISTS (${found})`, limit);
}

/** The rows of the selection's table under all of these conditions on `t` that are not the project's. */
export function selectOfOthers(
  { table, columns: names, owner, rootKey }: RowSelection,
  columns: Columns,
  conditions: readonly string[],
): string {
  const owned = anyOf(ownershipWays(table, 't', owner, { columns, rootKey }));
  return `SELECT ${readList(columns(table), names)} FROM ${quoteName(table)} t
    WHERE ${conditions.join(' AND ')} AND (${owned}) IS NOT TRUE`;
}

/** Locks the rows that the selection's foreign key points to: they stay until the transaction ends. */
export function lockReferenced(selection: RowSelection, key: ForeignKey, columns: Columns): string {
  const { table, owner, rootKey } = selection;
  const ways = ownershipWays(table, 't', owner, { columns, rootKey });
  const referring = `SELECT 1 FROM ${quoteName(table)} t WHERE ${anyOf(ways)} AND ${sameKey(table, key, columns)}`;
  const locked = `SELECT 1 FROM ${quoteName(key.referencedTable)} r WHERE EXISTS (${referring}) FOR KEY SHARE`;
  return `WITH locked AS MATERIALIZED (${locked}) SELECT count(*) FROM locked`;
}

/** The rows of the selection whose foreign key points to nothing. */
export function selectDangling(
  selection: RowSelection,
  key: ForeignKey,
  columns: Columns,
  limit: number,
): string {
  return ownedRows(selection, columns, withoutParent(selection.table, key, columns), limit);
}

function ownedRows(
  { table, columns: names, owner, rootKey }: RowSelection,
  columns: Columns,
  condition: string,
  limit: number,
): string {
  const select = `SELECT ${readList(columns(table), names)} FROM ${quoteName(table)} t WHERE ${condition} AND`;
  const ways = disjoint(ownershipWays(table, 't', owner, { columns, rootKey }));
  const parts = ways.map((way) => `(${select} ${way} LIMIT ${limit})`);
  if (parts.length === 0) return `${select} FALSE`;
  return parts.length === 1 ? parts.join('') : `${parts.join(' UNION ALL ')} LIMIT ${limit}`;
}

/** The values that rows of the table still refer to, though the referenced table no longer has them. */
export function selectOrphaned(
  table: string,
  key: ForeignKey,
  values: readonly Row[],
  columns: Columns,
  limit: number,
): string {
  const own = columns(table);
  return `SELECT DISTINCT ${readList(own, key.columns)} FROM ${quoteName(table)} t
    WHERE ${withoutParent(table, key, columns)} AND ${hasOneOf(own, key.columns, values)} LIMIT ${limit}`;
}

function withoutParent(table: string, key: ForeignKey, columns: Columns): string {
  const referring = key.columns.map((name) => `${column('t', name)} IS NOT NULL`);
  const parent = `SELECT 1 FROM ${quoteName(key.referencedTable)} r WHERE ${sameKey(table, key, columns)}`;
  return `${referring.join(' AND ')} AND NOT EXISTS (${parent})`;
}

function sameKey(table: string, key: ForeignKey, columns: Columns): string {
  const child: Side = { table, alias: 't', columns: key.columns };
  return joined(child, { table: key.referencedTable, alias: 'r', columns: key.referencedColumns }, columns);
}
