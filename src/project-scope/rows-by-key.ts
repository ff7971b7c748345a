import type { Row, RowReader } from '../engines/rows.types.js';
import type { OwnedTable } from './scope-plan.types.js';

/**
 * The rows of a table that have the keys of these rows, whoever's they are, in no particular order. Keys of several columns
 * are asked for one by one.
 */
export async function rowsByKey(
  reader: RowReader,
  { name, key, columns }: OwnedTable,
  rows: readonly Row[],
): Promise<Row[]> {
  const cellsOf = (row: Row) => key.map((column) => row[columns.indexOf(column)] ?? null);
  const [only] = key;
  if (key.length === 1 && only !== undefined) {
    const cells = rows.map((row) => cellsOf(row)[0] ?? null);
    const limit = rows.length * 2;
    return reader.list({ table: name, columns, anyOf: { column: only, cells }, orderBy: key, limit });
  }
  const found: Row[] = [];
  for (const row of rows) {
    const where = Object.fromEntries(cellsOf(row).map((cell, index) => [key[index] ?? '', cell]));
    found.push(...(await reader.list({ table: name, columns, where, orderBy: key, limit: 2 })));
  }
  return found;
}
