import { DomainError } from '../common/errors.js';
import type { DatabaseSchema, ForeignKey, RowWriter } from '../engines/rows.types.js';
import { needsRewrite } from './apply-changes.js';
import { isEnforced } from './foreign-keys.js';
import { parseRow } from './diff-table.js';
import { nameRow } from './project-rows.js';
import type { TableRestore } from './plan-table.js';
import type { ScopePlan } from './scope-plan.types.js';

const namedAtMost = 5;

/**
 * Foreign keys are not enforced while a restore writes (no cascade may fire), so they are checked here: what was
 * written refers to nothing that is missing, and nothing outside refers to what was removed.
 */
export async function checkReferences(
  writer: RowWriter,
  { schema: { tables: all }, plan }: { schema: DatabaseSchema; plan: ScopePlan },
  tables: readonly TableRestore[],
): Promise<void> {
  const compared = new Set(tables.map(({ table }) => table.name));
  const others = new Set(plan.owned.map(({ name }) => name).filter((name) => !compared.has(name)));
  for (const restored of tables.filter(({ changes }) => needsRewrite(changes))) {
    for (const foreignKey of restored.table.foreignKeys.filter(isEnforced))
      await refuseDangling(writer, restored, foreignKey, others);
    for (const table of all) {
      for (const foreignKey of table.foreignKeys.filter(
        (key) => key.referencedTable === restored.table.name,
      )) {
        await refuseOrphans(writer, restored, table.name, foreignKey, others);
      }
    }
  }
}

/** `others`: the project's tables that are not restored. */
export async function refuseDangling(
  writer: RowWriter,
  { table, selection }: Pick<TableRestore, 'table' | 'selection'>,
  foreignKey: ForeignKey,
  others: ReadonlySet<string>,
): Promise<void> {
  const dangling = await writer.danglingRows(selection, foreignKey, namedAtMost);
  if (dangling.length === 0) return;
  const rows = dangling.map((row) => nameRow(table, row)).join('; ');
  const { referencedTable } = foreignKey;
  const reference = `"${table.name}.${foreignKey.columns.join('+')}"`;
  const advice = others.has(referencedTable)
    ? `Restore ${referencedTable}, too`
    : `Create those again first, or, if no project owns them, say under "missing" what becomes of ${reference}`;
  throw new DomainError(
    'conflict',
    `Rows of ${table.name} (${rows}) refer by ${foreignKey.columns.join(', ')} to rows of ` +
      `${referencedTable} that no longer exist. ${advice}. Nothing was changed.`,
  );
}

async function refuseOrphans(
  writer: RowWriter,
  { table, removals }: TableRestore,
  child: string,
  foreignKey: ForeignKey,
  others: ReadonlySet<string>,
): Promise<void> {
  const positions = foreignKey.referencedColumns.map((column) => table.columns.indexOf(column));
  if (positions.includes(-1)) {
    throw new DomainError(
      'artefact-unfit',
      `The backup does not know the columns of ${table.name} (${foreignKey.referencedColumns.join(', ')}) to which ${child} ` +
        'refers. Nothing was changed.',
    );
  }
  for await (const lines of removals.batches()) {
    const values = lines.map((line) => {
      const row = parseRow(line, table);
      return positions.map((position) => row[position] ?? null);
    });
    const orphaned = await writer.orphanedReferences(child, foreignKey, values, namedAtMost);
    if (orphaned.length === 0) continue;
    const advice = others.has(child)
      ? `Restore ${child}, too, or remove or change those references first`
      : 'Remove or change those references first';
    throw new DomainError(
      'conflict',
      `Rows of ${child} refer to rows of ${table.name} that the backup does not hold ` +
        `(${foreignKey.referencedColumns.join(', ')}: ${orphaned.map((row) => row.join('+')).join('; ')}). ${advice}. ` +
        'Nothing was changed.',
    );
  }
}
