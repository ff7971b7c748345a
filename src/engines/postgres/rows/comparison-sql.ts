import { tuple } from '../../sql-conditions.js';
import { quoteName } from '../connection.js';
import { textOf } from './column-kinds.js';
import type { Columns } from './table-columns.js';

/** Some columns of a table under an alias. */
export interface Side {
  table: string;
  alias: string;
  columns: readonly string[];
}

/**
 * The columns of both sides, pair by pair, as terms that can be compared: PostgreSQL compares a number with a text for
 * nobody, yet a declared reference may join a bigint with a varchar.
 */
function comparableTerms(left: Side, right: Side, columns: Columns): [left: string, right: string][] {
  return left.columns.map((name, at) => {
    const other = right.columns[at] ?? name;
    const terms: [string, string] = [column(left.alias, name), column(right.alias, other)];
    const same = columns(left.table).kind(name).family === columns(right.table).kind(other).family;
    return same ? terms : [textOf(terms[0]), textOf(terms[1])];
  });
}

export function joined(left: Side, right: Side, columns: Columns): string {
  return comparableTerms(left, right, columns)
    .map(([a, b]) => `${a} = ${b}`)
    .join(' AND ');
}

/** That the columns of `left` are among those of `right`, which `from` (a FROM and WHERE) yields. */
export function among(left: Side, right: Side, from: string, columns: Columns): string {
  const terms = comparableTerms(left, right, columns);
  const wanted = tuple(terms.map(([term]) => term));
  return `${wanted} IN (SELECT ${terms.map(([, term]) => term).join(', ')} ${from})`;
}

export function column(alias: string, name: string): string {
  return `${alias}.${quoteName(name)}`;
}
