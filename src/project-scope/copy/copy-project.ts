import { DomainError } from '../../common/errors.js';
import type { Cell, ProjectRows, RowWriter } from '../../engines/rows.types.js';
import { refuseDangling } from '../check-references.js';
import { parseRow } from '../diff-table.js';
import { isEnforced } from '../foreign-keys.js';
import { InsertBatch } from '../insert-batch.js';
import { refuseJsonLeaks } from '../json-leaks.js';
import { refuseLeaks } from '../leaks.js';
import { selectionOf } from '../project-rows.js';
import { RowsSum } from '../rows-sum.js';
import type { OwnedTable } from '../scope-plan.types.js';
import { walkFile } from '../walk-file.js';
import { insertWhenEmpty } from '../when-empty/insert-when-empty.js';
import type { FollowedTable } from '../when-empty/when-empty.types.js';
import type { IdFunction } from './id-functions.js';
import {
  type CopyInput,
  examineCopy,
  type ExaminedCopy,
  findIds,
  type PreparedCopy,
} from './prepare-copy.js';

export interface ProjectCopy {
  /** Of the new project. */
  rootKey: Cell;
  name: string | null;
  functions: IdFunction[];
  tables: { name: string; rows: number }[];
  /** Of all tables that follow when empty. */
  whenEmpty: FollowedTable[];
}

const nothingChanged = 'Nothing was changed.';

export interface CopyOrder extends CopyInput {
  workFolder: string;
  /** Hears of the copy when all of it stands there, before the commit. */
  beforeCommit?: (copy: ProjectCopy) => Promise<void>;
  onPhase?: (phase: string) => void;
}

/**
 * Makes a new project of the file's rows, in one transaction: ids become others as the identities say, rows are only ever
 * inserted, and a re-read under lock must show exactly the rows that were meant. References to rows that projects share
 * stay. Throws DomainError; nothing was changed then, but see ProjectRows.transaction.
 */
export async function copyProject(rows: ProjectRows, order: CopyOrder): Promise<ProjectCopy> {
  order.onPhase?.('compare');
  const examined = await rows.snapshot((reader) => examineCopy(reader, order));
  return rows.transaction(async (writer) => {
    const made = await makeCopy(writer, order, examined);
    await order.beforeCommit?.(made);
    return made;
  });
}

async function makeCopy(writer: RowWriter, order: CopyOrder, copy: ExaminedCopy): Promise<ProjectCopy> {
  const prepared = await findIds(writer, copy);
  const { file, functions, mapper, rootKey, name, refusals, examined } = prepared;
  if (refusals.length > 0) throw new DomainError('conflict', `${refusals.join(' ')} ${nothingChanged}`);
  order.onPhase?.('write');
  await reserveIds(writer, prepared);
  const whenEmpty = await insertWhenEmpty(writer, copy.input, copy.input.schema.routines);
  const meant = new Map<string, RowsSum>();
  await walkFile(file, async (rows, { table }) => {
    const total = examined.tables.find((one) => one.table.name === table.name)?.rows ?? 0;
    const sum = new RowsSum();
    const batch = new InsertBatch(writer, table);
    const map = mapper.of(table);
    let count = 0;
    for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
      count += 1;
      const row = map(parseRow(line, table));
      sum.add(JSON.stringify(row));
      if (count < total) await batch.add(row, line.length);
    }
    await batch.end();
    meant.set(table.name, sum);
  });
  order.onPhase?.('check');
  for (const { table } of examined.tables) await mustStand(writer, table, rootKey, meant.get(table.name));
  for (const { table } of examined.tables) {
    const selection = selectionOf(table, rootKey);
    for (const foreignKey of table.foreignKeys.filter(isEnforced)) {
      await refuseDangling(writer, { table, selection }, foreignKey, new Set());
    }
  }
  const { plan, workFolder } = order;
  await refuseLeaks(writer, plan.owned, rootKey, nothingChanged);
  await refuseJsonLeaks(writer, plan, rootKey, { workFolder, advice: nothingChanged });
  const tables = examined.tables.map(({ table, rows }) => ({ name: table.name, rows }));
  return { rootKey, functions, tables, whenEmpty, name: typeof name?.value === 'string' ? name.value : null };
}

/** The last row of each table first: behind it the server hands out its next id, and not in the midst of ours. */
async function reserveIds(writer: RowWriter, { examined, mapper }: PreparedCopy): Promise<void> {
  for (const { table, last } of examined.tables) {
    if (last === '') continue;
    await writer.insert(table.name, table.columns, [mapper.of(table)(parseRow(last, table))]);
  }
}

async function mustStand(
  writer: RowWriter,
  table: OwnedTable,
  rootKey: Cell,
  meant: RowsSum | undefined,
): Promise<void> {
  const stands = await RowsSum.of(writer.readLocked(selectionOf(table, rootKey)));
  if (stands === meant?.toString()) return;
  throw new DomainError(
    'restore-failed',
    `After writing, the rows of ${table.name} are not those that the copy should have: a trigger changed them, or rows without ` +
      `an owner stand there already. ${nothingChanged}`,
  );
}
