import type { Row } from '../engines/rows.types.js';
import { compareKeys, isIntegerType } from './compare-keys.js';
import { damagedFile } from './project-file.js';
import type { RowCursor } from './row-cursor.js';
import type { OwnedTable } from './scope-plan.types.js';

export interface TableChanges {
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  /** Rows of the backup. */
  rows: number;
  /** Rows that differ from the backup's and stay as they are, as the mode says. */
  left: number;
}

/** What differs, whatever is done about it. */
export type FoundChanges = Omit<TableChanges, 'left' | 'rows'>;

/** The rows of a table of a file as their JSON text, one after the other, then null. */
export interface FileRows {
  nextRow(): Promise<string | null>;
}

export interface DiffSink {
  /** Each row that is live now, in order. */
  live(line: string): void;
  /** A live row that has to go: not in the file, or different there (then `insert` follows). */
  remove(line: string, what: 'removed' | 'changed'): void | Promise<void>;
  /** A row of the file that has to come. */
  insert(line: string, what: 'added' | 'changed'): void | Promise<void>;
  /** A row that is the same in both. */
  same(line: string): void | Promise<void>;
}

/**
 * Merges the file's rows of a table with the live ones; both are in key order. Rows that are equal to the letter are
 * not even parsed. A wrong order on either side costs work and never a wrong result: removals come before insertions.
 */
export async function diffTable(
  table: OwnedTable,
  file: FileRows,
  live: RowCursor,
  sink: DiffSink,
): Promise<FoundChanges> {
  const changes = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  const key = keyOf(table);
  const stepLive = async () => {
    sink.live(live.line);
    await live.next();
  };
  await live.next();
  let line = await file.nextRow();
  while (line !== null || live.row !== null) {
    if (line !== null && line === live.line && live.row !== null) {
      changes.unchanged += 1;
      await sink.same(line);
      await stepLive();
      line = await file.nextRow();
      continue;
    }
    const order = line === null ? 1 : live.row === null ? -1 : key.compare(key.parse(line), live.row);
    if (order > 0) {
      changes.removed += 1;
      await sink.remove(live.line, 'removed');
      await stepLive();
    } else if (order < 0) {
      changes.added += 1;
      await sink.insert(line as string, 'added');
      line = await file.nextRow();
    } else {
      changes.changed += 1;
      await sink.remove(live.line, 'changed');
      await sink.insert(line as string, 'changed');
      await stepLive();
      line = await file.nextRow();
    }
  }
  return changes;
}

export function keyOf(table: OwnedTable) {
  const positions = table.key.map((column) => table.columns.indexOf(column));
  const byValue = positions.map((position) => isIntegerType(table.types[position] ?? ''));
  const pick = (row: Row) => positions.map((position) => row[position] ?? null);
  return {
    parse: (line: string) => parseRow(line, table),
    compare: (a: Row, b: Row) => compareKeys(pick(a), pick(b), byValue),
  };
}

/** A row's text as cells. Throws DomainError `artefact-damaged` when it is not a row of the table. */
export function parseRow(line: string, table: Pick<OwnedTable, 'name' | 'columns'>): Row {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw damagedFile(`a row of ${table.name} is not JSON`, error);
  }
  if (!Array.isArray(row) || row.length !== table.columns.length || !row.every(isCell)) {
    throw damagedFile(`a row of ${table.name} does not fit its columns`);
  }
  return row as Row;
}

/** Half of a surrogate pair, which JSON can spell and no database can hold. */
const halfCharacter = /\p{Surrogate}/u;

function isCell(value: unknown): boolean {
  if (value === null || typeof value === 'number') return true;
  if (typeof value === 'string') return !halfCharacter.test(value);
  if (typeof value !== 'object') return false;
  const entries = Object.entries(value);
  const [tag, content] = entries[0] ?? [];
  if (entries.length !== 1 || typeof content !== 'string') return false;
  return tag === '$bytes' || tag === '$real' || (tag === '$int' && /^-?\d{1,20}$/.test(content));
}
