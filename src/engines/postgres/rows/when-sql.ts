import type { Cell, Link } from '../../rows.types.js';
import type { Columns } from './table-columns.js';

export interface OwnershipContext {
  columns: Columns;
  rootKey: Cell;
}

/** The condition under which a link counts, followed by AND; nothing when it always does. */
export function whenSql(table: string, alias: string, { when }: Link, columns: Columns): string {
  if (!when) return '';
  const condition = when.value === null ? 'FALSE' : columns(table).equals(alias, when.column, when.value);
  return `${condition} AND `;
}
