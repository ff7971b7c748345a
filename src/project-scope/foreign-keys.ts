import type { ColumnSchema, ForeignKey } from '../engines/rows.types.js';

/** Of a table: which columns may be null. */
export interface Nullability {
  columns: readonly Pick<ColumnSchema, 'name' | 'nullable'>[];
}

/** True for a foreign key that a row keeps for as long as it stands: both rows must then be in the same project. */
export function isTie(foreignKey: ForeignKey): boolean {
  return !['SET NULL', 'SET DEFAULT'].includes(foreignKey.onDelete.toUpperCase());
}

/** True when every row has this tie: no column of it may be null. */
export function isMandatory(table: Nullability, foreignKey: ForeignKey): boolean {
  // What holds for some rows only is not there in the others.
  if (foreignKey.when) return false;
  const nullable = new Set(table.columns.filter((column) => column.nullable).map(({ name }) => name));
  return isTie(foreignKey) && !foreignKey.columns.some((column) => nullable.has(column));
}

/**
 * True when rows are part of what they refer to: they go with it, or cannot be without it. A tie that may be null and
 * deletes nothing owns nothing: `users.last_project_id` points at a project, and the user is everybody's.
 */
export function isOwning(table: Nullability, foreignKey: ForeignKey): boolean {
  return foreignKey.onDelete.toUpperCase() === 'CASCADE' || isMandatory(table, foreignKey);
}

/** What only the scope file declares, the database never promised to hold. */
export function isEnforced({ declared }: ForeignKey): boolean {
  return declared !== true;
}
