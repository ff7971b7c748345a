import { join } from 'node:path';
import type { Cell, DatabaseSchema, RowReader } from '../engines/rows.types.js';
import { diffTable, parseRow, type TableChanges } from './diff-table.js';
import { JsonLeaks } from './json-leaks.js';
import { KeyClashes } from './key-clashes.js';
import { LeftAlone } from './left-alone.js';
import type { MissingRows } from './missing/missing.types.js';
import { prepareFile } from './prepare-file.js';
import { selectionOf } from './project-rows.js';
import { mustBeTransactional, refuseSharedRemovals } from './refusals.js';
import { refuseTriggers } from './refuse-triggers.js';
import { withoutOrphans } from './orphans.js';
import type { RestoreChoices } from './restore-choices.types.js';
import { adopted, effectOf, touches } from './restore-modes.js';
import { RowCursor } from './row-cursor.js';
import { RowsDigest } from './rows-digest.js';
import { sample, type SampleRow } from './sample-rows.js';
import type { OwnedTable } from './scope-plan.types.js';
import { sentenceOf } from './sentence-of.js';
import { Spool } from './spool.js';
import { type FileOfPlan, inOrderOf, walkFile } from './walk-file.js';
import { previewWhenEmpty } from './when-empty/preview-when-empty.js';
import type { FollowedTablePreview } from './when-empty/when-empty.types.js';

export interface PreviewInput extends FileOfPlan, RestoreChoices {
  schema: DatabaseSchema;
  rootKey: Cell;
  workFolder: string;
}

export interface TablePreview {
  table: OwnedTable;
  changes: TableChanges;
  samples: { added: SampleRow[]; removed: SampleRow[]; changed: { from: SampleRow; to: SampleRow }[] };
}

export interface ProjectPreview {
  /** SHA-256 over the rows that are live now; a restore by this plan must find the same. */
  rowsDigest: string;
  tables: TablePreview[];
  /** Sentences: why a restore would be refused as things are. */
  conflicts: string[];
  /** Sentences: how the backup differs from the tables as they are now. */
  notes: string[];
  /** Shared rows to which the backup refers and that are gone. */
  missing: MissingRows[];
  /** Of all tables that follow when empty. */
  whenEmpty: FollowedTablePreview[];
}

const samplesOfEach = 5;

/** What a restore of the file would do, seen in one snapshot; nothing is written or locked. Throws as the restore does. */
export async function previewProject(reader: RowReader, input: PreviewInput): Promise<ProjectPreview> {
  const { plan, rootKey, schema, mode, workFolder } = input;
  const rowsDigest = new RowsDigest();
  const tables: TablePreview[] = [];
  const conflicts: string[] = [];
  const { file: prepared, part, missing } = await prepareFile(reader, input, { missing: true });
  const { notes } = await walkFile(prepared, async (file, { table, convert }) => {
    const samples: TablePreview['samples'] = { added: [], removed: [], changed: [] };
    const clashes = new KeyClashes(reader, table);
    const ids = new JsonLeaks(plan, table, rootKey, workFolder);
    const refused = missing.refused(table);
    const added = new Spool(join(workFolder, `${tables.length}.added`));
    const rows = reader.read(selectionOf(table, rootKey));
    const cursor = new RowCursor(
      part ? new LeftAlone().inside(rows, part.has(table), table.columns.length) : rows,
    );
    let before = '';
    const isWhole = !convert && !part;
    if (isWhole) rowsDigest.add(table.name, []);
    try {
      const found = await diffTable(table, file, cursor, {
        live: (line) => (isWhole ? rowsDigest.add(table.name, [line]) : undefined),
        remove: (line, what) => {
          if (what === 'changed') before = line;
          else if (!touches(mode, what)) return;
          else if (samples.removed.length < samplesOfEach) samples.removed.push(sample(line, table));
        },
        insert: async (line, what) => {
          if (!touches(mode, what)) return;
          if (ids.concern) await ids.add(parseRow(line, table));
          refused.add(line);
          if (what === 'changed') {
            if (samples.changed.length >= samplesOfEach) return;
            samples.changed.push({ from: sample(before, table), to: sample(line, table) });
            return;
          }
          return added.add(line);
        },
        same: () => undefined,
      });
      await cursor.close();
      await added.end();
      const orphans = await withoutOrphans(reader, table, added, (line) => {
        if (samples.added.length < samplesOfEach) samples.added.push(sample(line, table));
        return clashes.add(parseRow(line, table));
      });
      await ids.end();
      conflicts.push(...(await clashes.end()), ...(await ids.sentences(reader)), ...refused.sentences);
      tables.push({ table, changes: effectOf(mode, adopted(found, orphans)), samples });
    } finally {
      await cursor.close();
      await added.end();
      await ids.end();
    }
  });
  for (const refuse of [
    () => mustBeTransactional(plan),
    () => refuseTriggers(tables, schema.routines),
    () => refuseSharedRemovals(reader, tables, rootKey),
  ]) {
    const conflict = await sentenceOf(refuse);
    if (conflict) conflicts.push(conflict);
  }
  const following = await previewWhenEmpty(reader, input, schema.routines);
  conflicts.push(...following.conflicts);
  return {
    rowsDigest: await rowsDigest.complete(reader, plan, rootKey),
    tables: inOrderOf(plan, tables, ({ table }) => table),
    conflicts,
    notes,
    missing: missing.list,
    whenEmpty: following.tables,
  };
}
