import type { ForeignKey, TableSchema } from '../engines/rows.types.js';

/** True for a foreign key whose rows go with what they refer to. */
export function isOwning(foreignKey: ForeignKey): boolean {
  return !['SET NULL', 'SET DEFAULT'].includes(foreignKey.onDelete.toUpperCase());
}

/** True when every row has this reference: no column of it may be null. */
export function isMandatory(table: TableSchema, foreignKey: ForeignKey): boolean {
  const nullable = new Set(table.columns.filter((column) => column.nullable).map(({ name }) => name));
  return isOwning(foreignKey) && !foreignKey.columns.some((column) => nullable.has(column));
}
