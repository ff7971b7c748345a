import type { RowReader } from '../../engines/rows.types.js';
import type { FileOfPlan } from '../walk-file.js';

/** The names of those tables that the file may fill: that have no row at all, as far as the reader sees. */
export async function emptyTables(reader: RowReader, { plan, fillsEmpty }: FileOfPlan): Promise<Set<string>> {
  const names = new Set<string>();
  if (!fillsEmpty) return names;
  for (const { name: table, columns } of plan.whenEmpty) {
    const rows = await reader.list({ table, columns: columns.slice(0, 1), orderBy: [], limit: 1 });
    if (rows.length === 0) names.add(table);
  }
  return names;
}
