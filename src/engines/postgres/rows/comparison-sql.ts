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
 * nobody, yet a declared reference may join a bigint with a varchar; nor texts of two collations, of which that of the key
 * that is referred to counts, as in a foreign key.
 */
function comparableTerms(child: Side, parent: Side, columns: Columns): [child: string, parent: string][] {
  const [own, others] = [columns(child.table), columns(parent.table)];
  return child.columns.map((name, at) => {
    const other = parent.columns[at] ?? name;
    const terms: [string, string] = [column(child.alias, name), column(parent.alias, other)];
    const [from, to] = [own.collation(name), others.collation(other)];
    const same = own.kind(name).family === others.kind(other).family;
    if (same && from === to) return terms;
    const [left, right]: [string, string] = same ? terms : [textOf(terms[0]), textOf(terms[1])];
    return [`${left} COLLATE ${to ?? '"C"'}`, right];
  });
}

export function joined(child: Side, parent: Side, columns: Columns): string {
  return comparableTerms(child, parent, columns)
    .map(([a, b]) => `${a} = ${b}`)
    .join(' AND ');
}

/** That the columns of `child` are among those of `parent`, which `from` (a FROM and WHERE) yields. */
export function among(child: Side, parent: Side, from: string, columns: Columns): string {
  const terms = comparableTerms(child, parent, columns);
  const wanted = tuple(terms.map(([term]) => term));
  return `${wanted} IN (SELECT ${terms.map(([, term]) => term).join(', ')} ${from})`;
}

export function column(alias: string, name: string): string {
  return `${alias}.${quoteName(name)}`;
}
