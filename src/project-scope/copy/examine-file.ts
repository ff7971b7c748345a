import type { Row } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import { damagedFile } from '../project-file.js';
import type { OwnedTable } from '../scope-plan.types.js';
import { type FileOfPlan, walkFile } from '../walk-file.js';
import { isRandomId, wholeNumber } from './id-functions.js';
import type { Identities, Identity } from './identities.js';

export interface Range {
  least: bigint;
  most: bigint;
}

export interface ExaminedFile {
  /** The tables in the order of the file, with the columns that it has. */
  tables: { table: OwnedTable; rows: number; samples: string[]; last: string }[];
  /** The one row of the project itself, and its table as the file has it. */
  root: { table: OwnedTable; row: Row };
  /** Of the whole numbers among the ids. */
  ranges: Map<Identity, Range>;
  /** Sentences: what cannot be copied. */
  refusals: string[];
  notes: string[];
}

const samplesOfEach = 5;

/** Reads the file once, for what must be known of its ids before the first row can be written. */
export async function examineFile(file: FileOfPlan, identities: Identities): Promise<ExaminedFile> {
  const tables: ExaminedFile['tables'] = [];
  const ranges: ExaminedFile['ranges'] = new Map();
  const refusals = new Set<string>();
  const roots: ExaminedFile['root'][] = [];
  const { notes } = await walkFile(file, async (rows, { table }) => {
    const look = lookAt(table, identities, ranges, refusals);
    const samples: string[] = [];
    let [count, last] = [0, ''];
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      const row = parseRow(line, table);
      look(row);
      if (table.name === file.plan.rootTable) roots.push({ table, row });
      if (samples.length < samplesOfEach) samples.push(line);
      last = line;
      count += 1;
    }
    tables.push({ table, rows: count, samples, last });
  });
  const [root] = roots;
  if (!root || roots.length > 1) throw damagedFile(`it must hold exactly one row of ${file.plan.rootTable}`);
  return { tables, root, ranges, refusals: [...refusals], notes };
}

function lookAt(
  table: OwnedTable,
  { renewed, stuck }: Identities,
  ranges: ExaminedFile['ranges'],
  refusals: Set<string>,
): (row: Row) => void {
  const own = renewed
    .filter(({ isRoot }) => !isRoot)
    .flatMap((identity) =>
      identity.sources
        .filter((source) => source.table === table.name && table.columns.includes(source.column))
        .map(({ column }) => ({ identity, column, at: table.columns.indexOf(column) })),
    );
  const fixed = stuck
    .filter((one) => one.table === table.name)
    .map(({ key }) => ({ key, at: key.map((column) => table.columns.indexOf(column)) }));
  return (row) => {
    for (const { identity, column, at } of own) {
      const cell = row[at] ?? null;
      if (cell === null) continue;
      const value = wholeNumber(cell);
      if (value !== null) widen(ranges, identity, value);
      else if (!isRandomId(cell) && (identity.rename === null || typeof cell !== 'string'))
        refusals.add(notRenewable(table.name, column));
    }
    for (const { key, at } of fixed) {
      if (at.every((position) => (row[position] ?? null) !== null)) refusals.add(onlyOnce(table.name, key));
    }
  };
}

function widen(ranges: ExaminedFile['ranges'], identity: Identity, value: bigint): void {
  const range = ranges.get(identity);
  if (!range) ranges.set(identity, { least: value, most: value });
  else if (value < range.least) range.least = value;
  else if (value > range.most) range.most = value;
}

function notRenewable(table: string, column: string): string {
  return (
    `No two rows of ${table} may have the same ${column}, and it holds texts that nobody can replace without knowing what ` +
    `they mean. Say what the copy's have before or behind them: "rename": {"${table}.${column}": {"suffix": "-copy"}}, or a "prefix".`
  );
}

function onlyOnce(table: string, key: readonly string[]): string {
  return (
    `No two rows of ${table} may have the same ${key.join(', ')}, which refers to rows that projects share: the copy cannot ` +
    'have the same beside the original.'
  );
}
