import type { BridgedTable } from '../bridge-table.js';
import type { FileRows } from '../diff-table.js';
import { type FileOfPlan, walkFile } from '../walk-file.js';

/**
 * Walks through the rows of these tables of a file, which follow when empty, and through no others; without a table, the
 * file is not even opened. Throws as walkFile does.
 */
export async function walkFollowing(
  file: FileOfPlan,
  tables: ReadonlySet<string>,
  visit: (rows: FileRows, bridged: BridgedTable) => Promise<void>,
): Promise<void> {
  if (tables.size === 0) return;
  await walkFile({ ...file, tables: [] }, () => Promise.resolve(), { tables, visit });
}
