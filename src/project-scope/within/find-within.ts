import { DomainError } from '../../common/errors.js';
import type { Cell, Row, RowReader } from '../../engines/rows.types.js';
import { compareKeys } from '../compare-keys.js';
import { parseRow } from '../diff-table.js';
import type { KeyId } from '../key-id.js';
import { selectionOf } from '../project-rows.js';
import type { OwnedTable, ScopePlan } from '../scope-plan.types.js';
import { subsetOf } from '../subset.js';
import { type FileOfPlan, type RowStep, walkFile } from '../walk-file.js';
import { RowsBelow } from './rows-below.js';
import { decidingColumns, idReader, readingOf } from './row-reading.js';
import { type TableBelow, tablesBelow } from './tables-below.js';
import type { Within } from './within.types.js';

/** The part of a project that one row and everything below it is. */
export interface PartOfProject {
  /** The tables that have rows of it. */
  tables: string[];
  /** A step of walkFile: leaves out all other rows. */
  step: RowStep;
  /** True for live rows of it; they begin with the columns of the table. */
  has(table: OwnedTable): (row: Row) => boolean;
}

/**
 * The rows that are below the row in the file or live, and live rows below one that is below it in the file: a row that was
 * moved since is put back where it was, whichever way it went. Memory grows with the keys of these rows only, up to a bound.
 * Call when no other rows are being read. Throws DomainError `bad-input` (field `within`) for a row that the file does not
 * hold, and for a table that is none of the project's.
 */
export async function findWithin(
  reader: RowReader,
  file: FileOfPlan & { rootKey: Cell },
  within: Within,
): Promise<PartOfProject> {
  const { plan, rootKey } = file;
  const isTop = topOf(plan, within);
  const below = tablesBelow(plan, within.table);
  const ids = new Map<string, Set<KeyId>>();
  const names = [...below.keys()];
  const inFile = new RowsBelow(ids);
  await walkFile({ ...file, tables: names }, async (rows, { table }) => {
    const reading = readingOf(tableIn(below, table.name), table.columns);
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      const row = parseRow(line, table);
      inFile.add(table.name, row, reading, isTop(table, row));
    }
    inFile.end(table.name);
  });
  if (!ids.has(within.table)) throw refused(`The backup has no such row: ${say(within)}.`);
  const live = new RowsBelow(ids);
  for (const one of below.values()) {
    const columns = decidingColumns(one);
    const reading = readingOf(one, columns);
    for await (const rows of reader.read({ ...selectionOf(one.table, rootKey), columns })) {
      for (const row of rows) live.add(one.table.name, row, reading, false);
    }
    live.end(one.table.name);
  }
  const has = (table: OwnedTable) => {
    const found = ids.get(table.name);
    const idOf = idReader(table, table.columns);
    return (row: Row) => found?.has(idOf(row)) === true;
  };
  return {
    tables: chosen(file, names).filter((name) => ids.has(name)),
    step: (table) => {
      const isIn = has(table);
      return (line) => (isIn(parseRow(line, table)) ? line : null);
    },
    has,
  };
}

function chosen({ plan, tables }: FileOfPlan, names: readonly string[]): string[] {
  const isChosen = subsetOf(plan, tables);
  const stranger = tables?.find((table) => !names.includes(table));
  if (stranger === undefined) return names.filter(isChosen);
  const detail = `No row of "${stranger}" is below the row of "within"; leave that table or "within" out.`;
  throw new DomainError('bad-input', detail, { fields: [{ field: 'tables', message: detail }] });
}

function topOf({ owned }: ScopePlan, within: Within): (table: OwnedTable, row: Row) => boolean {
  const top = owned.find(({ name }) => name === within.table);
  if (!top) {
    throw refused(
      `"${within.table}" is none of the project's tables, which are ${owned.map(({ name }) => name).join(', ')}.`,
    );
  }
  if (!top.keyed) throw refused(`The table "${top.name}" has no key by which a row of it could be named.`);
  const wanted = keyCells(top, within);
  const byText = wanted.map(() => false);
  return (table, row) => {
    if (table.name !== top.name) return false;
    const cells = top.key.map((column) => row[table.columns.indexOf(column)] ?? null);
    return compareKeys(cells, wanted, byText) === 0;
  };
}

function keyCells({ name, key: columns }: OwnedTable, { key }: Within): Row {
  const byColumn = isCell(key) ? (columns.length === 1 ? { [columns[0] ?? '']: key } : {}) : key;
  const cells = columns.map((column) => byColumn[column]);
  if (Object.keys(byColumn).length === columns.length && cells.every((cell) => cell !== undefined)) {
    return cells;
  }
  throw refused(
    `A row of "${name}" is named by its key: ${columns.map((column) => `"${column}"`).join(', ')}.`,
  );
}

/** A tagged cell and a key by columns are both objects; no column is called like a tag. */
function isCell(key: Within['key']): key is Cell {
  return key === null || typeof key !== 'object' || Object.keys(key)[0]?.startsWith('$') === true;
}

function tableIn(below: ReadonlyMap<string, TableBelow>, name: string): TableBelow {
  const found = below.get(name);
  if (!found) throw new Error('A table that was not asked for');
  return found;
}

function say({ table, key }: Within): string {
  return `${table} ${JSON.stringify(key)}`;
}

function refused(detail: string): DomainError {
  return new DomainError('bad-input', detail, { fields: [{ field: 'within', message: detail }] });
}
