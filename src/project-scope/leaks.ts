import { DomainError } from '../common/errors.js';
import type { Cell, RowReader } from '../engines/rows.types.js';
import { nameRow, selectionOf } from './project-rows.js';
import type { OwnedTable } from './scope-plan.types.js';

const namedAtMost = 5;

/** Rows whose references lead to two projects: a sentence for each table and pair of ways that has some. */
export async function* leaks(
  reader: RowReader,
  tables: readonly OwnedTable[],
  rootKey: Cell,
): AsyncGenerator<string> {
  for (const table of tables) {
    for (const { rows, reference, says } of table.crossChecks) {
      const selection = { ...selectionOf(table, rootKey), owner: rows };
      const strays = await reader.strayRows(selection, reference, namedAtMost);
      if (strays.length === 0) continue;
      const keys = strays.map((row) => nameRow(table, row)).join('; ');
      yield `Rows of ${table.name} belong to two projects at once (${says}): ${keys}.`;
    }
  }
}

/** Throws DomainError `scope-leak` for the first leak, with `advice` as its last words. */
export async function refuseLeaks(
  reader: RowReader,
  tables: readonly OwnedTable[],
  rootKey: Cell,
  advice: string,
): Promise<void> {
  for await (const leak of leaks(reader, tables, rootKey)) {
    throw new DomainError('scope-leak', `${leak} ${advice}`);
  }
}
