import { anyOf, disjoint } from '../../sql-conditions.js';
import type { RowSelection } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { column } from './comparison-sql.js';
import { ownershipWays } from './ownership-sql.js';
import type { Columns, TableColumns } from './table-columns.js';

/** The list of a SELECT that yields `names` for `rowDecoder` (row-decoder.ts). */
export function readList(columns: TableColumns, names: readonly string[], alias = 't'): string {
  return names.map((name) => columns.kind(name).read(column(alias, name))).join(', ');
}

export function orderBy(columns: TableColumns, names: readonly string[], alias = 't'): string {
  const order = names.map((name) => columns.order(alias, name));
  return order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
}

/**
 * The rows of a selection in key order. With several ways to the root there is one SELECT for each, of the rows that no
 * earlier way has found: one SELECT with OR would read the whole table.
 */
export function selectOwned(selection: RowSelection, columns: Columns): string {
  const { table, key, owner, rootKey } = selection;
  const own = columns(table);
  const ways = ownershipWays(table, 't', owner, { columns, rootKey });
  const from = `FROM ${quoteName(table)} t WHERE`;
  const list = readList(own, selection.columns);
  if (ways.length <= 1) return `SELECT ${list} ${from} ${anyOf(ways)}${orderBy(own, key)}`;
  const parts = disjoint(ways).map((way) => `SELECT t.* ${from} ${way}`);
  return `SELECT ${list} FROM (${parts.join(' UNION ALL ')}) t${orderBy(own, key)}`;
}
