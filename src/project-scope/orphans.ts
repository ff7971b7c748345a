import type { RowReader } from '../engines/rows.types.js';
import { parseRow } from './diff-table.js';
import { rowsByKey } from './rows-by-key.js';
import type { OwnedTable } from './scope-plan.types.js';
import type { Spool } from './spool.js';

const batchLines = 500;

/**
 * Of the rows that would come back, passes those on that are really missing, and returns how many stand there already, to
 * the letter: rows stay behind when what they hang on is deleted and no foreign key holds them (or was not checked; MySQL 9.7's
 * own cascades leave some). They are the project's again as soon as that is back, and nothing is to be written for them.
 * Call when no other rows are being read.
 */
export async function withoutOrphans(
  reader: RowReader,
  table: OwnedTable,
  added: Spool,
  missing: (line: string) => void | Promise<void>,
): Promise<number> {
  // Keys of several columns are asked for one by one; not where it is the exception.
  const possible =
    table.keyed && (table.key.length === 1 || table.foreignKeys.some(({ declared }) => declared));
  let orphans = 0;
  for await (const lines of added.batches(batchLines)) {
    const rows = possible
      ? await rowsByKey(
          reader,
          table,
          lines.map((line) => parseRow(line, table)),
        )
      : [];
    const present = new Set(rows.map((row) => JSON.stringify(row)));
    for (const line of lines) {
      if (present.has(line)) orphans += 1;
      else await missing(line);
    }
  }
  return orphans;
}
