import type { Cell, Row, RowSelection } from '../engines/rows.types.js';
import type { OwnedTable } from './scope-plan.types.js';

/** The project's rows of a table. */
export function selectionOf(table: OwnedTable, rootKey: Cell): RowSelection {
  const { name, columns, key, owner } = table;
  return { table: name, columns, key, owner, rootKey };
}

/** `id=5`: a row by its key, for people. */
export function nameRow(table: OwnedTable, row: Row): string {
  const shown = table.keyed ? table.key : table.key.slice(0, 3);
  return shown.map((column) => `${column}=${JSON.stringify(row[table.columns.indexOf(column)])}`).join(',');
}
