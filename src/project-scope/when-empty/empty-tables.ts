import type { RowReader } from '../../engines/rows.types.js';
import type { ScopePlan } from '../scope-plan.types.js';

/** Of the tables that follow when empty, the names of those that have no row at all, as far as the reader sees. */
export async function emptyTables(reader: RowReader, { whenEmpty }: ScopePlan): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { name: table, columns } of whenEmpty) {
    const rows = await reader.list({ table, columns: columns.slice(0, 1), orderBy: [], limit: 1 });
    if (rows.length === 0) names.add(table);
  }
  return names;
}
