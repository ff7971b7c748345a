import type { Cell, ForeignKey, Row } from '../engines/rows.types.js';
import type { OwnedTable } from './scope-plan.types.js';

/** Reads the key that a row of `table` refers to by a foreign key all of whose columns it has; null when it refers to nothing. */
export function referenceKey(
  table: Pick<OwnedTable, 'columns'>,
  { columns, when }: Pick<ForeignKey, 'columns' | 'when'>,
): (row: Row) => Row | null {
  const positions = columns.map((column) => table.columns.indexOf(column));
  const kind = when ? { at: table.columns.indexOf(when.column), is: textOf(when.value) } : null;
  return (row) => {
    if (kind && textOf(row[kind.at] ?? null) !== kind.is) return null;
    const cells = positions.map((position) => row[position] ?? null);
    return cells.includes(null) ? null : cells;
  };
}

/** What a scope file can say only as text may be a number in the database. */
export function textOf(cell: Cell): string | null {
  if (cell === null) return null;
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
