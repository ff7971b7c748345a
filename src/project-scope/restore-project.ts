import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DomainError } from '../common/errors.js';
import type { Cell, DatabaseSchema, RowSelection, RowWriter } from '../engines/rows.types.js';
import { applyChanges } from './apply-changes.js';
import { checkReferences } from './check-references.js';
import { compareKeys } from './compare-keys.js';
import { diffTable, type TableChanges } from './diff-table.js';
import { hashLines, hashTableName } from './export-project.js';
import { mustFitPlan } from './fit.js';
import { refuseLeaks } from './leaks.js';
import { damagedFile } from './project-file.js';
import { nameRow, selectionOf } from './project-rows.js';
import { ProjectFileReader } from './read-project-file.js';
import { RowCursor } from './row-cursor.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';
import { Spool } from './spool.js';
import { refuseTriggers } from './refuse-triggers.js';

export interface RestoreInput {
  /** All tables of the database: others may refer to the project's rows. */
  schema: DatabaseSchema;
  plan: ScopePlan;
  rootKey: Cell;
  /** The file from its beginning; called twice. */
  openFile(): Promise<Readable>;
  workFolder: string;
  /** The digest of the rows that the undo holds; null when there is nothing to keep. */
  expectedRowsDigest: string | null;
  onPhase?: (phase: string) => void;
}

export interface TableRestore {
  table: OwnedTable;
  selection: RowSelection;
  changes: TableChanges;
  removals: Spool;
  insertions: Spool;
}

/**
 * Makes the project's rows equal to the file (`exact`), inside the caller's transaction: plan by comparison, removals
 * children first, insertions parents first, every foreign key checked, and a re-read under lock that must equal the
 * file. Only rows of this project are touched: removals are limited to its rows by the statement itself, insertions
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
  await mustEqualFile(writer, input);
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
async function lockRoot(writer: RowWriter, { plan, rootKey }: RestoreInput): Promise<void> {
  const [root] = plan.owned;
  if (!root) return;
  const position = root.columns.indexOf(plan.rootKey);
  for await (const rows of writer.readLocked(selectionOf(root, rootKey))) {
    const other = rows.find((row) => compareKeys([row[position] ?? null], [rootKey], [false]) !== 0);
    if (!other) continue;
    throw new DomainError(
      'conflict',
      `The database takes the project ${nameRow(root, other)} for this one. Nothing was changed.`,
    );
  }
}

async function planChanges(writer: RowWriter, input: RestoreInput): Promise<TableRestore[]> {
  const { plan, rootKey, workFolder } = input;
  const liveDigest = createHash('sha256');
  const tables: TableRestore[] = [];
  await withFile(input, async (file, table, index) => {
    const selection = selectionOf(table, rootKey);
    const removals = new Spool(join(workFolder, `${index}.remove`));
    const insertions = new Spool(join(workFolder, `${index}.insert`));
    const cursor = new RowCursor(writer.read(selection));
    hashTableName(liveDigest, table.name);
    try {
      const changes = await diffTable(table, file, cursor, {
        live: (line) => hashLines(liveDigest, [line]),
        remove: (line) => removals.add(line),
        insert: (line) => insertions.add(line),
        // Without a key of its own a table is written anew as a whole, or not at all.
        same: (line) => (table.keyed ? undefined : insertions.add(line)),
      });
      tables.push({ table, selection, changes, removals, insertions });
    } finally {
      await cursor.close();
      await Promise.all([removals.end(), insertions.end()]);
    }
  });
  const { expectedRowsDigest } = input;
  if (expectedRowsDigest !== null && expectedRowsDigest !== liveDigest.digest('hex')) {
    throw new DomainError(
      'conflict',
      'The project was changed while its undo was being made. Try the restore again.',
    );
  }
  const rows = tables.find(({ table }) => table.name === plan.rootTable)?.changes;
  if (!rows || rows.added + rows.changed + rows.unchanged !== 1) {
    throw damagedFile(`it must hold exactly one row of ${plan.rootTable}`);
  }
  return tables;
}

/** The last word: what stands in the database now, seen under lock, is what the file says, row for row. */
async function mustEqualFile(writer: RowWriter, input: RestoreInput): Promise<void> {
  await withFile(input, async (file, table) => {
    const cursor = new RowCursor(writer.readLocked(selectionOf(table, input.rootKey)));
    try {
      const { added, changed, removed } = await diffTable(table, file, cursor, {
        live: () => undefined,
        remove: () => undefined,
        insert: () => undefined,
        same: () => undefined,
      });
      if (added + changed + removed === 0) return;
    } finally {
      await cursor.close();
    }
    throw new DomainError(
      'restore-failed',
      `After writing, the rows of ${table.name} are not those of the backup: rows of another project or of a changed ` +
        'table stand in it, or something wrote at the same time. Nothing was changed.',
    );
  });
}

/** Walks through the file's tables, which must be the plan's, in its order. */
async function withFile(
  { plan, openFile }: RestoreInput,
  visit: (file: ProjectFileReader, table: OwnedTable, index: number) => Promise<void>,
): Promise<void> {
  const file = new ProjectFileReader(await openFile());
  try {
    mustFitPlan(await file.header(), plan);
    for (const [index, table] of plan.owned.entries()) {
      const head = await file.nextTable();
      if (head?.name !== table.name || JSON.stringify(head.columns) !== JSON.stringify(table.columns)) {
        throw damagedFile(`the table ${table.name} is not where it should be`);
      }
      await visit(file, table, index);
    }
    if ((await file.nextTable()) !== null) throw damagedFile('it holds a table that is not the project’s');
    await file.end();
  } finally {
    await file.close();
  }
}

function mustBeTransactional({ owned }: ScopePlan): void {
  const loose = owned.filter(({ transactional }) => !transactional).map(({ name }) => name);
  if (loose.length === 0) return;
  throw new DomainError(
    'conflict',
    `The tables ${loose.join(', ')} have no transactions, so a restore could not be undone when it fails. Convert ` +
      'them to InnoDB first.',
  );
}

/**
 * Rows that belong to two projects are put right when the backup has them. When it does not, and any of several ways
 * makes a row belong, nobody can tell whose row would be removed.
 */
async function refuseSharedRemovals(
  writer: RowWriter,
  tables: readonly TableRestore[],
  rootKey: Cell,
): Promise<void> {
  if (!tables.some(({ changes }) => changes.removed > 0)) return;
  const ambiguous = tables
    .map(({ table }) => table)
    .filter(({ owner }) => owner.kind === 'references' && owner.anyOf.length > 1);
  const advice = 'The restore could remove rows of the other one. Nothing was changed; correct them first.';
  await refuseLeaks(writer, ambiguous, rootKey, advice);
}
