import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Cell, Row, RowSelection, RowWriter } from '../engines/rows.types.js';
import type { BridgedTable } from './bridge-table.js';
import { diffTable, type FileRows, parseRow } from './diff-table.js';
import { LeftAlone } from './left-alone.js';
import type { RefusedRows } from './missing/refused-rows.js';
import { withoutOrphans } from './orphans.js';
import { selectionOf } from './project-rows.js';
import type { PlannedChanges } from './refusals.js';
import { adopted, effectOf, type RestoreMode, touches } from './restore-modes.js';
import { RowCursor } from './row-cursor.js';
import type { RowsDigest } from './rows-digest.js';
import { Spool } from './spool.js';

export interface TableRestore extends PlannedChanges {
  selection: RowSelection;
  removals: Spool;
  insertions: Spool;
  /** Changed rows with what they have live in `extras`, behind the columns of the table. */
  replacements: Spool;
  /** Columns that the file does not know. */
  extras: string[];
  /** Whether all of its rows are written again when one differs, which cannot be told apart by a key. */
  anew: boolean;
  /** The live rows that are outside of what is restored, by number; see LeftAlone. */
  outside: number;
  /** Over the live rows that are left as they are. */
  leftDigest: string;
}

export interface TableToPlan {
  rows: FileRows;
  bridged: BridgedTable;
  rootKey: Cell;
  workFolder: string;
  mode: RestoreMode;
  /** Gets every live row. */
  liveDigest: RowsDigest;
  /** Gets every row that is to be written. */
  refused: RefusedRows;
  /** Tells the live rows that are compared; all of the project's if left out. */
  isInside: ((row: Row) => boolean) | undefined;
}

/** Compares a table of the file with the live one, and writes down what has to be done. */
export async function planTable(
  writer: RowWriter,
  { rows, bridged, rootKey, workFolder, mode, liveDigest, refused, isInside }: TableToPlan,
): Promise<TableRestore> {
  const { table, extras, convert } = bridged;
  const spool = (what: string) =>
    new Spool(join(workFolder, `${createHash('sha256').update(table.name).digest('hex')}.${what}`));
  const [removals, insertions, replacements, added] = ['remove', 'insert', 'replace', 'added'].map(spool) as [
    Spool,
    Spool,
    Spool,
    Spool,
  ];
  const selection = selectionOf(table, rootKey);
  const live = { ...selection, columns: [...table.columns, ...extras] };
  const left = new LeftAlone();
  // Without a key of its own a table is written anew as a whole, or not at all; but what is only added, is added.
  const anew = mode === 'exact' && !table.keyed;
  const width = table.columns.length;
  const kept = anew ? (line: string) => insertions.add(line) : undefined;
  const all = writer.read(live);
  const cursor = new RowCursor(
    isInside ? left.inside(all, isInside, width, kept) : all,
    extras.length > 0 ? width : undefined,
  );
  const replace = (line: string) =>
    extras.length === 0
      ? insertions.add(line)
      : replacements.add(JSON.stringify([...parseRow(line, table), ...cursor.rest]));
  // A digest is over all rows and whole ones, which are not read here when the file knows other columns.
  const isWhole = !convert && !isInside;
  if (isWhole) liveDigest.add(table.name, []);
  try {
    const found = await diffTable(table, rows, cursor, {
      live: (line) => (isWhole ? liveDigest.add(table.name, [line]) : undefined),
      remove: (line, what) => (touches(mode, what) ? removals.add(line) : left.differing(line)),
      insert: (line, what) => {
        if (!touches(mode, what)) return;
        refused.add(line);
        return what === 'added' ? added.add(line) : replace(line);
      },
      same: (line) => (anew ? insertions.add(line) : undefined),
    });
    await cursor.close();
    await added.end();
    const orphans = await withoutOrphans(writer, table, added, (line) => insertions.add(line));
    const changes = effectOf(mode, adopted(found, orphans));
    const { outside } = left;
    const leftDigest = left.digest();
    return {
      table,
      selection,
      changes,
      removals,
      insertions,
      replacements,
      extras,
      anew,
      outside,
      leftDigest,
    };
  } finally {
    await cursor.close();
    await Promise.all([removals.end(), insertions.end(), replacements.end(), added.end()]);
  }
}
