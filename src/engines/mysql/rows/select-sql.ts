import { anyOf, disjoint } from '../../sql-conditions.js';
import type { RowSelection } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { ownershipWays } from './ownership-sql.js';
import type { Columns, TableColumns } from './table-columns.js';

/** The list of a SELECT that yields `columns` for `decoder` (row-decoder.ts). */
export function readList(columns: TableColumns, names: readonly string[], alias = 't'): string {
  return names.map((name) => columns.kind(name).read(`${alias}.${quoteName(name)}`)).join(', ');
}

/** What rows are ordered by, outermost first; see `ColumnKind.order`. */
export function orderList(columns: TableColumns, names: readonly string[], alias = 't'): string[] {
  return names.map((name) => columns.kind(name).order(`${alias}.${quoteName(name)}`));
}

/**
 * The rows of a selection in key order. With several ways to the root there is one SELECT for each, of the rows that
 * no earlier way has found: one SELECT with OR would read the whole table.
 */
export function selectOwned(selection: RowSelection, columns: Columns, forUpdate: boolean): string {
  const { table, key, owner, rootKey } = selection;
  const own = columns(table);
  const locking = forUpdate ? ' LOCK IN SHARE MODE' : '';
  const ways = ownershipWays(table, 't', owner, { columns, rootKey, locking });
  const list = readList(own, selection.columns);
  const order = orderList(own, key);
  const from = `FROM ${quoteName(table)} t WHERE`;
  const lock = forUpdate ? ' FOR UPDATE' : '';
  if (ways.length <= 1) return `SELECT ${list} ${from} ${anyOf(ways)} ORDER BY ${order.join(', ')}${lock}`;

  // The rows of a union can be ordered by its columns only, so that the order stands behind the cells.
  const ordered = order.map((sql, index) => `${sql} AS ${orderName(index)}`).join(', ');
  const parts = disjoint(ways).map((way) => `(SELECT ${list}, ${ordered} ${from} ${way}${lock})`);
  return `${parts.join(' UNION ALL ')} ORDER BY ${order.map((_, index) => orderName(index)).join(', ')}`;
}

function orderName(index: number): string {
  return quoteName(`holdfast order ${index}`);
}
