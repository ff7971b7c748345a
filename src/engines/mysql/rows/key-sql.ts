import { anyOf, tuple } from '../../sql-conditions.js';
import type { Cell, Row } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { orderLiteral } from './literals.js';
import type { TableColumns } from './table-columns.js';

type Given = NonNullable<Cell>;

/**
 * The rows of alias `t` whose `names` hold exactly one of these keys. Texts are compared twice: by the column itself,
 * so that its index is used, and byte for byte, since a collation also finds `A` for `a`.
 */
export function hasOneOf(columns: TableColumns, names: readonly string[], keys: readonly Row[]): string {
  const whole = keys.filter((key): key is Given[] => key.every((cell) => cell !== null));
  const withNulls = keys.filter((key) => key.some((cell) => cell === null));
  return anyOf([
    ...(whole.length > 0 ? [inList(columns, names, whole)] : []),
    ...withNulls.map(
      (key) => `(${names.map((name, index) => equals(columns, name, key[index] ?? null)).join(' AND ')})`,
    ),
  ]);
}

function inList(columns: TableColumns, names: readonly string[], keys: readonly Given[][]): string {
  const indexed = names.filter((name) => columns.kind(name).equality !== 'never');
  const conditions: string[] = [];
  if (indexed.length > 0) {
    const places = indexed.map((name) => names.indexOf(name));
    const values = keys.map((key) =>
      tuple(places.map((place) => columns.stored(names[place] ?? '', key[place] ?? null))),
    );
    conditions.push(`${tuple(indexed.map(column))} IN (${values.join(', ')})`);
  }
  if (names.some((name) => columns.kind(name).equality !== 'exact')) {
    const compared = tuple(names.map((name) => exactly(columns, name)));
    const values = keys.map((key) =>
      tuple(key.map((cell, index) => exactValue(columns, names[index] ?? '', cell))),
    );
    conditions.push(`${compared} IN (${values.join(', ')})`);
  }
  return conditions.length === 1 ? conditions.join('') : `(${conditions.join(' AND ')})`;
}

function equals(columns: TableColumns, name: string, cell: Cell): string {
  if (cell === null) return `${column(name)} IS NULL`;
  return `${exactly(columns, name)} = ${exactValue(columns, name, cell)}`;
}

function exactly(columns: TableColumns, name: string): string {
  const kind = columns.kind(name);
  return kind.equality === 'exact' ? column(name) : kind.order(column(name));
}

function exactValue(columns: TableColumns, name: string, cell: Given): string {
  return columns.kind(name).equality === 'exact' ? columns.stored(name, cell) : orderLiteral(cell);
}

function column(name: string): string {
  return `t.${quoteName(name)}`;
}
