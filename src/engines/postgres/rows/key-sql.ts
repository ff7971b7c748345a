import { anyOf, tuple } from '../../sql-conditions.js';
import type { Cell, Row } from '../../rows.types.js';
import { textLiteral, textOf } from './column-kinds.js';
import { column } from './comparison-sql.js';
import type { TableColumns } from './table-columns.js';

type Given = NonNullable<Cell>;

/**
 * The rows of alias `t` whose `names` hold exactly one of these keys. What the column's own comparison takes for the same
 * is compared twice: as it is, so that an index is used, and by the texts.
 */
export function hasOneOf(columns: TableColumns, names: readonly string[], keys: readonly Row[]): string {
  const whole = keys.filter((key): key is Given[] => key.every((cell) => cell !== null));
  const withNulls = keys.filter((key) => key.some((cell) => cell === null));
  return anyOf([
    ...(whole.length > 0 ? [inList(columns, names, whole)] : []),
    ...withNulls.map(
      (key) => `(${names.map((name, at) => isExactly(columns, name, key[at] ?? null)).join(' AND ')})`,
    ),
  ]);
}

function inList(columns: TableColumns, names: readonly string[], keys: readonly Given[][]): string {
  const by = (chosen: readonly string[], term: (name: string) => string, value: Value) => {
    const places = chosen.map((name) => names.indexOf(name));
    const values = keys.map((key) =>
      tuple(places.map((place) => value(names[place] ?? '', key[place] ?? null))),
    );
    return `${tuple(chosen.map(term))} IN (${values.join(', ')})`;
  };
  const indexed = names.filter((name) => columns.kind(name).equality !== 'never');
  const inexact = names.filter((name) => columns.kind(name).equality !== 'exact');
  return [
    ...(indexed.length > 0
      ? [
          by(
            indexed,
            (name) => column('t', name),
            (name, cell) => columns.stored(name, cell),
          ),
        ]
      : []),
    ...(inexact.length > 0 ? [by(names, (name) => exactly(columns, name), exactValue(columns))] : []),
  ].join(' AND ');
}

type Value = (name: string, cell: Cell) => string;

function isExactly(columns: TableColumns, name: string, cell: Cell): string {
  if (cell === null) return `${column('t', name)} IS NULL`;
  return `${exactly(columns, name)} = ${exactValue(columns)(name, cell)}`;
}

/** The column, or its text under a collation that takes no two for the same. */
function exactly(columns: TableColumns, name: string): string {
  const own = column('t', name);
  return columns.kind(name).equality === 'exact' ? own : `${textOf(own)} COLLATE "C"`;
}

function exactValue(columns: TableColumns): Value {
  return (name, cell) =>
    columns.kind(name).equality === 'exact' || cell === null ? columns.stored(name, cell) : textLiteral(cell);
}
