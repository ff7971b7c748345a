import { DomainError } from '../common/errors.js';
import type { Cell, DatabaseSchema, RowWriter } from '../engines/rows.types.js';
import { applyChanges } from './apply-changes.js';
import { checkReferences } from './check-references.js';
import { compareKeys } from './compare-keys.js';
import { diffTable } from './diff-table.js';
import { refuseJsonLeaks } from './json-leaks.js';
import { refuseLeaks } from './leaks.js';
import { planTable, type TableRestore } from './plan-table.js';
import { LeftAlone } from './left-alone.js';
import { type PreparedFile, prepareFile } from './prepare-file.js';
import { damagedFile } from './project-file.js';
import { nameRow, selectionOf } from './project-rows.js';
import { mustBeTransactional, refuseSharedRemovals } from './refusals.js';
import { refuseTriggers } from './refuse-triggers.js';
import type { RestoreChoices } from './restore-choices.types.js';
import { touches } from './restore-modes.js';
import { RowCursor } from './row-cursor.js';
import { RowsDigest } from './rows-digest.js';
import { subsetOf } from './subset.js';
import { type FileOfPlan, inOrderOf, walkFile } from './walk-file.js';
import { insertWhenEmpty } from './when-empty/insert-when-empty.js';
import type { FollowedTable } from './when-empty/when-empty.types.js';

export interface RestoreInput extends FileOfPlan, Partial<RestoreChoices> {
  /** All tables of the database: others may refer to the project's rows. */
  schema: DatabaseSchema;
  rootKey: Cell;
  workFolder: string;
  /** The digest of the rows that the undo or the preview holds; null when the project is not there. */
  expectedRowsDigest: string | null;
  onPhase?: (phase: string) => void;
}

export interface RestoredProject {
  tables: TableRestore[];
  /** Of all tables that follow when empty. */
  whenEmpty: FollowedTable[];
}

/**
 * Makes the project's rows equal to the file (`exact`, or as far as another mode goes), inside the caller's transaction:
 * plan by comparison, removals children first, insertions parents first, every foreign key checked, and a re-read under
 * lock that must show the file's rows and, where the mode leaves others, those as they were. Only rows of this project are touched: removals are limited to its rows by the statement itself, insertions
 * never overwrite, and a row that would land in another project is missing in the re-read. Tables that follow when empty are
 * filled first, where they are.
 * Throws DomainError; the caller's transaction then rolls back.
 */
export async function restoreProject(writer: RowWriter, asked: RestoreInput): Promise<RestoredProject> {
  mustBeTransactional(asked.plan);
  asked.onPhase?.('compare');
  await lockRoot(writer, asked);
  const whenEmpty = await insertWhenEmpty(writer, asked, asked.schema.routines);
  // Without a choice, the check of what was written refuses all that is missing.
  const prepared = await prepareFile(writer, asked, { missing: false });
  const { file: input } = prepared;
  const tables = await planChanges(writer, prepared);
  refuseTriggers(tables, input.schema.routines);
  await refuseSharedRemovals(writer, tables, input.rootKey);
  input.onPhase?.('write');
  await applyChanges(writer, tables);
  input.onPhase?.('check');
  await checkReferences(writer, input, tables);
  await mustBeAsPlanned(writer, prepared, tables);
  const { plan, rootKey, workFolder } = input;
  const advice =
    'Nothing was changed. Correct them in the database first; when it is the backup that holds them, being the undo of ' +
    'an earlier restore, use another one.';
  await refuseLeaks(writer, plan.owned, rootKey, advice);
  await refuseJsonLeaks(writer, plan, rootKey, { workFolder, advice });
  return { tables, whenEmpty };
}

/**
 * Two restores of one project, and children inserted meanwhile by the application, wait for each other here. A
 * collation may find `ABC` for `abc`: that is another project, whose rows are not this one's to replace.
 */
async function lockRoot(writer: RowWriter, input: RestoreInput): Promise<void> {
  const { plan, rootKey, expectedRowsDigest } = input;
  const [root] = plan.owned;
  if (!root) return;
  const position = root.columns.indexOf(plan.rootKey);
  for await (const rows of writer.readLocked(selectionOf(root, rootKey))) {
    const other = rows.find((row) => compareKeys([row[position] ?? null], [rootKey], [false]) !== 0);
    if (other) {
      throw new DomainError(
        'conflict',
        `The database takes the project ${nameRow(root, other)} for this one. Nothing was changed.`,
      );
    }
    if (expectedRowsDigest === null && rows.length > 0) throw changedMeanwhile();
  }
}

async function planChanges(
  writer: RowWriter,
  { file: input, part, missing }: PreparedFile<RestoreInput>,
): Promise<TableRestore[]> {
  const { plan, rootKey, workFolder, mode = 'exact', expectedRowsDigest } = input;
  const liveDigest = new RowsDigest();
  const planned: TableRestore[] = [];
  await walkFile(input, async (rows, bridged) => {
    const refused = missing.refused(bridged.table);
    const isInside = part?.has(bridged.table);
    const table = { rows, bridged, rootKey, workFolder, mode, liveDigest, refused, isInside };
    planned.push(await planTable(writer, table));
    const [sentence] = refused.sentences;
    if (sentence !== undefined) throw new DomainError('conflict', `${sentence} Nothing was changed.`);
  });
  if (
    expectedRowsDigest !== null &&
    expectedRowsDigest !== (await liveDigest.complete(writer, plan, rootKey))
  )
    throw changedMeanwhile();
  const root = planned.find(({ table }) => table.name === plan.rootTable);
  if (subsetOf(plan, input.tables)(plan.rootTable) && root?.changes.rows !== 1) {
    throw damagedFile(`it must hold exactly one row of ${plan.rootTable}`);
  }
  return inOrderOf(plan, planned, ({ table }) => table);
}

/**
 * The last word: what stands in the database now, seen under lock, is what the file says, row for row, and what the mode
 * leaves is as it was.
 */
async function mustBeAsPlanned(
  writer: RowWriter,
  { file: input, part }: PreparedFile<RestoreInput>,
  planned: readonly TableRestore[],
): Promise<void> {
  await walkFile(input, async (file, { table }) => {
    const { mode = 'exact' } = input;
    const left = new LeftAlone();
    const rows = writer.readLocked(selectionOf(table, input.rootKey));
    const cursor = new RowCursor(part ? left.inside(rows, part.has(table), table.columns.length) : rows);
    let wrong = 0;
    try {
      await diffTable(table, file, cursor, {
        live: () => undefined,
        remove: (line, what) => (touches(mode, what) ? void (wrong += 1) : left.differing(line)),
        insert: (_line, what) => void (wrong += touches(mode, what) ? 1 : 0),
        same: () => undefined,
      });
    } finally {
      await cursor.close();
    }
    const expected = planned.find((one) => one.table.name === table.name)?.leftDigest;
    if (wrong === 0 && left.digest() === expected) return;
    throw new DomainError(
      'restore-failed',
      `After writing, the rows of ${table.name} are not those of the backup: rows of another project or of a changed ` +
        'table stand in it, or something wrote at the same time. Nothing was changed.',
    );
  });
}

function changedMeanwhile(): DomainError {
  return new DomainError(
    'conflict',
    'The project was changed since its undo or its preview was made. Nothing was changed by the restore; try again.',
  );
}
