import { DomainError } from '../../common/errors.js';
import type { DatabaseSchema, RowWriter } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { isEnforced } from '../foreign-keys.js';
import { InsertBatch } from '../insert-batch.js';
import { nameRow, selectionOf } from '../project-rows.js';
import { mustBeTransactional, type PlannedChanges } from '../refusals.js';
import { refuseTriggers } from '../refuse-triggers.js';
import { RowsSum } from '../rows-sum.js';
import type { OwnedTable } from '../scope-plan.types.js';
import type { FileOfPlan } from '../walk-file.js';
import { emptyTables } from './empty-tables.js';
import { walkFollowing } from './walk-following.js';
import type { FollowedTable } from './when-empty.types.js';

const namedAtMost = 5;
const nothingChanged = 'Nothing was changed.';

interface FilledTable extends PlannedChanges {
  sum: RowsSum;
}

/**
 * Inserts the rows of the tables that follow when empty, where there are none now; before anything else is written, so that
 * the rest finds them there. What was inserted is read back under lock, and must refer to nothing that is missing. Tables
 * with rows are not read. Memory does not grow with the rows. Throws DomainError; the caller's transaction then rolls back.
 */
export async function insertWhenEmpty(
  writer: RowWriter,
  file: FileOfPlan,
  routines: DatabaseSchema['routines'],
): Promise<FollowedTable[]> {
  const filled: FilledTable[] = [];
  await walkFollowing(file, await lockEmpty(writer, file), async (rows, { table }) => {
    const batch = new InsertBatch(writer, table);
    const sum = new RowsSum();
    let count = 0;
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      if (count === 0) mustBeSafe(table, routines);
      count += 1;
      sum.add(line);
      await batch.add(parseRow(line, table), line.length);
    }
    await batch.end();
    filled.push({ ...asFilled(table, count), sum });
  });
  for (const one of filled.filter(({ changes }) => changes.added > 0)) await mustStand(writer, one);
  return file.plan.whenEmpty.map(({ name }) => {
    const found = filled.find(({ table }) => table.name === name);
    return { table: name, added: found?.changes.added ?? 0 };
  });
}

/** Throws DomainError `conflict` for a table into which nothing can be inserted safely. */
export function mustBeSafe(table: OwnedTable, routines: DatabaseSchema['routines']): void {
  mustBeTransactional({ owned: [table] });
  refuseTriggers([asFilled(table, 1)], routines);
}

function asFilled(table: OwnedTable, rows: number): PlannedChanges {
  return { table, changes: { added: rows, changed: 0, removed: 0, unchanged: 0, rows, left: 0 } };
}

/** Nobody else can fill them from here on. */
async function lockEmpty(writer: RowWriter, file: FileOfPlan): Promise<Set<string>> {
  const empty = await emptyTables(writer, file);
  for (const table of file.plan.whenEmpty.filter(({ name }) => empty.has(name))) {
    for await (const rows of writer.readLocked(selectionOf(table, null))) {
      if (rows.length === 0) continue;
      empty.delete(table.name);
      break;
    }
  }
  return empty;
}

async function mustStand(writer: RowWriter, { table, sum }: FilledTable): Promise<void> {
  const selection = selectionOf(table, null);
  if ((await RowsSum.of(writer.readLocked(selection))) !== sum.toString()) {
    throw new DomainError(
      'restore-failed',
      `After writing, the rows of ${table.name} are not those of the backup. ${nothingChanged}`,
    );
  }
  for (const foreignKey of table.foreignKeys.filter(isEnforced)) {
    const dangling = await writer.danglingRows(selection, foreignKey, namedAtMost);
    if (dangling.length === 0) continue;
    throw new DomainError(
      'conflict',
      `Rows of ${table.name} (${dangling.map((row) => nameRow(table, row)).join('; ')}), which are to follow into the empty ` +
        `table, refer by ${foreignKey.columns.join(', ')} to rows of ${foreignKey.referencedTable} that do not exist. Create ` +
        `those first, or declare ${foreignKey.referencedTable} under "when_empty", too, and make the backup again. ${nothingChanged}`,
    );
  }
}
