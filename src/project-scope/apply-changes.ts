import { DomainError } from '../common/errors.js';
import type { Row, RowWriter } from '../engines/rows.types.js';
import { parseRow } from './diff-table.js';
import type { TableRestore } from './plan-table.js';
import type { OwnedTable } from './scope-plan.types.js';
import type { Spool } from './spool.js';

/** Removals children first, so that each row's way to the root still stands; insertions parents first. */
export async function applyChanges(writer: RowWriter, tables: readonly TableRestore[]): Promise<void> {
  for (const table of tables) await claimRows(writer, table);
  for (const table of [...tables].reverse()) await removeRows(writer, table);
  for (const table of tables) await insertRows(writer, table);
}

/** Rows that belong by each other can be told to be the project's only while none of them is gone. */
async function claimRows(writer: RowWriter, { table, selection, removals }: TableRestore): Promise<void> {
  if (!table.closure || !table.keyed) return;
  for await (const keys of keysIn(removals, table)) {
    mustBe(await writer.claim(selection, keys), keys.length, table.name);
  }
}

async function* keysIn(removals: Spool, table: OwnedTable): AsyncGenerator<Row[]> {
  const positions = table.key.map((column) => table.columns.indexOf(column));
  for await (const lines of removals.batches()) {
    yield lines.map((line) => {
      const row = parseRow(line, table);
      return positions.map((position) => row[position] ?? null);
    });
  }
}

async function removeRows(
  writer: RowWriter,
  { table, selection, changes, removals, anew, outside }: TableRestore,
): Promise<void> {
  if (!table.keyed) {
    // Equal rows cannot be told apart, so all of the project's rows of the table are written anew.
    const wanted = changes.unchanged + changes.removed + changes.changed + outside;
    if (anew && needsRewrite(changes)) mustBe(await writer.removeAll(selection), wanted, table.name);
    return;
  }
  for await (const keys of keysIn(removals, table)) {
    const removed = table.closure
      ? await writer.removeClaimed(selection, keys)
      : await writer.remove(selection, keys);
    mustBe(removed, keys.length, table.name);
  }
}

async function insertRows(
  writer: RowWriter,
  { table, changes, insertions, replacements, extras }: TableRestore,
): Promise<void> {
  if (!needsRewrite(changes)) return;
  const parts: [Spool, string[]][] = [
    [insertions, table.columns],
    [replacements, [...table.columns, ...extras]],
  ];
  for (const [spool, columns] of parts) {
    for await (const lines of spool.batches()) {
      const rows = lines.map((line) => parseRow(line, { name: table.name, columns }));
      await writer.insert(table.name, columns, rows);
    }
  }
}

export function needsRewrite({ added, changed, removed }: TableRestore['changes']): boolean {
  return added + changed + removed > 0;
}

/** Fewer rows removed than seen: somebody moved or removed them meanwhile. */
function mustBe(removed: number, expected: number, table: string): void {
  if (removed === expected) return;
  throw new DomainError(
    'conflict',
    `Rows of ${table} were changed during the restore. Nothing was changed by it.`,
  );
}
