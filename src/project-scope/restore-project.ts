import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DomainError } from '../common/errors.js';
import type { Cell, DatabaseSchema, RowSelection, RowWriter } from '../engines/rows.types.js';
import { applyChanges } from './apply-changes.js';
import { checkReferences } from './check-references.js';
import { compareKeys } from './compare-keys.js';
import { diffTable } from './diff-table.js';
import { hashLines, hashTableName } from './export-project.js';
import { refuseLeaks } from './leaks.js';
import { damagedFile } from './project-file.js';
import { nameRow, selectionOf } from './project-rows.js';
import { mustBeTransactional, type PlannedChanges, refuseSharedRemovals } from './refusals.js';
import { adopted, effectOf, type RestoreMode, touches } from './restore-modes.js';
import { withoutOrphans } from './orphans.js';
import { RowCursor } from './row-cursor.js';
import { Spool } from './spool.js';
import { refuseTriggers } from './refuse-triggers.js';
import { type FileOfPlan, walkFile } from './walk-file.js';

export interface RestoreInput extends FileOfPlan {
  /** All tables of the database: others may refer to the project's rows. */
  schema: DatabaseSchema;
  rootKey: Cell;
  workFolder: string;
  /** The digest of the rows that the undo or the preview holds; null when the project is not there. */
  expectedRowsDigest: string | null;
  /** `exact` if left out. */
  mode?: RestoreMode;
  onPhase?: (phase: string) => void;
}

export interface TableRestore extends PlannedChanges {
  selection: RowSelection;
  removals: Spool;
  insertions: Spool;
  /** Whether all of its rows are written again when one differs, which cannot be told apart by a key. */
  anew: boolean;
  /** Over the live rows that differ and are left as they are. */
  leftDigest: string;
}

/**
 * Makes the project's rows equal to the file (`exact`, or as far as another mode goes), inside the caller's transaction:
 * plan by comparison, removals children first, insertions parents first, every foreign key checked, and a re-read under
 * lock that must show the file's rows and, where the mode leaves others, those as they were. Only rows of this project are touched: removals are limited to its rows by the statement itself, insertions
 * never overwrite, and a row that would land in another project is missing in the re-read. Returns rows by table.
 * Throws DomainError; the caller's transaction then rolls back.
 */
export async function restoreProject(writer: RowWriter, input: RestoreInput): Promise<TableRestore[]> {
  mustBeTransactional(input.plan);
  input.onPhase?.('compare');
  await lockRoot(writer, input);
  const tables = await planChanges(writer, input);
  refuseTriggers(tables, input.schema.routines);
  await refuseSharedRemovals(writer, tables, input.rootKey);
  input.onPhase?.('write');
  await applyChanges(writer, tables);
  input.onPhase?.('check');
  await checkReferences(writer, input.schema, tables);
  await mustBeAsPlanned(writer, input, tables);
  await refuseLeaks(
    writer,
    input.plan.owned,
    input.rootKey,
    'Nothing was changed. Correct them in the database first; when it is the backup that holds them, being the undo of ' +
      'an earlier restore, use another one.',
  );
  return tables;
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

async function planChanges(writer: RowWriter, input: RestoreInput): Promise<TableRestore[]> {
  const { plan, rootKey, workFolder, mode = 'exact' } = input;
  const liveDigest = createHash('sha256');
  const tables: TableRestore[] = [];
  await walkFile(input, async (file, table, index) => {
    const selection = selectionOf(table, rootKey);
    const removals = new Spool(join(workFolder, `${index}.remove`));
    const insertions = new Spool(join(workFolder, `${index}.insert`));
    const cursor = new RowCursor(writer.read(selection));
    const left = createHash('sha256');
    // Without a key of its own a table is written anew as a whole, or not at all; but what is only added, is added.
    const anew = mode === 'exact' && !table.keyed;
    const added = new Spool(join(workFolder, `${index}.added`));
    hashTableName(liveDigest, table.name);
    try {
      const found = await diffTable(table, file, cursor, {
        live: (line) => hashLines(liveDigest, [line]),
        remove: (line, what) => (touches(mode, what) ? removals.add(line) : hashLines(left, [line])),
        insert: (line, what) => {
          if (what === 'added') return added.add(line);
          return touches(mode, what) ? insertions.add(line) : undefined;
        },
        same: (line) => (anew ? insertions.add(line) : undefined),
      });
      await cursor.close();
      await added.end();
      const orphans = await withoutOrphans(writer, table, added, (line) => insertions.add(line));
      const changes = effectOf(mode, adopted(found, orphans));
      tables.push({ table, selection, changes, removals, insertions, anew, leftDigest: left.digest('hex') });
    } finally {
      await cursor.close();
      await Promise.all([removals.end(), insertions.end(), added.end()]);
    }
  });
  const { expectedRowsDigest } = input;
  if (expectedRowsDigest !== null && expectedRowsDigest !== liveDigest.digest('hex'))
    throw changedMeanwhile();
  const rows = tables.find(({ table }) => table.name === plan.rootTable)?.changes;
  if (rows?.rows !== 1) {
    throw damagedFile(`it must hold exactly one row of ${plan.rootTable}`);
  }
  return tables;
}

/**
 * The last word: what stands in the database now, seen under lock, is what the file says, row for row, and what the mode
 * leaves is as it was.
 */
async function mustBeAsPlanned(
  writer: RowWriter,
  input: RestoreInput,
  planned: readonly TableRestore[],
): Promise<void> {
  await walkFile(input, async (file, table, index) => {
    const cursor = new RowCursor(writer.readLocked(selectionOf(table, input.rootKey)));
    const { mode = 'exact' } = input;
    const left = createHash('sha256');
    let wrong = 0;
    try {
      await diffTable(table, file, cursor, {
        live: () => undefined,
        remove: (line, what) => (touches(mode, what) ? void (wrong += 1) : hashLines(left, [line])),
        insert: (_line, what) => void (wrong += touches(mode, what) ? 1 : 0),
        same: () => undefined,
      });
    } finally {
      await cursor.close();
    }
    if (wrong === 0 && left.digest('hex') === planned[index]?.leftDigest) return;
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
