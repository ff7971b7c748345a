import { createHash, type Hash } from 'node:crypto';
import { DomainError } from '../common/errors.js';
import type { Cell, Row, RowReader, RowSelection } from '../engines/rows.types.js';
import {
  digestLine,
  headerLine,
  type ProjectFileHeader,
  tableEnd,
  tableLine,
  totalsLine,
} from './project-file.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

export interface ExportResult {
  totals: Record<string, number>;
  /** SHA-256 over the rows alone; equal for two exports of the same rows. */
  rowsDigest: string;
}

const namedAtMost = 5;

export function selectionOf(table: OwnedTable, rootKey: Cell): RowSelection {
  const { name, columns, key, owner } = table;
  return { table: name, columns, key, owner, rootKey };
}

/**
 * The bytes of a project file, from one consistent snapshot, a batch of rows at a time. `result` is filled when the
 * last byte is out. Throws DomainError `not-found` when the root row does not exist and `scope-leak` when a row's
 * references lead to different projects.
 */
export async function* exportProject(
  reader: RowReader,
  plan: ScopePlan,
  rootKey: Cell,
  header: ProjectFileHeader,
  result: ExportResult,
): AsyncGenerator<Buffer> {
  await refuseLeaks(reader, plan, rootKey);
  const digest = createHash('sha256');
  const rowsDigest = createHash('sha256');
  const out = (text: string) => {
    const bytes = Buffer.from(text, 'utf8');
    digest.update(bytes);
    return bytes;
  };
  yield out(headerLine(header));
  for (const [position, table] of plan.owned.entries()) {
    const { name, columns, types, key } = table;
    yield out(tableLine({ name, columns, types, key }));
    hashTableName(rowsDigest, name);
    let count = 0;
    for await (const rows of reader.read(selectionOf(table, rootKey))) {
      const lines = rows.map((row) => JSON.stringify(row));
      hashLines(rowsDigest, lines);
      yield out((count === 0 ? '' : ',\n') + lines.join(',\n'));
      count += rows.length;
    }
    yield out(`${count === 0 ? '' : '\n'}${tableEnd(position === plan.owned.length - 1)}`);
    result.totals[name] = count;
    if (name === plan.rootTable && count !== 1)
      throw new DomainError('not-found', 'The project does not exist.');
  }
  yield out(totalsLine(result.totals));
  result.rowsDigest = rowsDigest.digest('hex');
  yield Buffer.from(digestLine(digest.digest('hex')), 'utf8');
}

export function hashTableName(hash: Hash, name: string): void {
  hash.update(`${name}\n`);
}

export function hashLines(hash: Hash, lines: readonly string[]): void {
  if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
}

/** A leak is never exported: a row whose references lead to two projects is named instead. */
export async function refuseLeaks(reader: RowReader, plan: ScopePlan, rootKey: Cell): Promise<void> {
  for (const table of plan.owned) {
    for (const { rows, reference, says } of table.crossChecks) {
      const selection = { ...selectionOf(table, rootKey), owner: rows };
      const strays = await reader.strayRows(selection, reference, namedAtMost);
      if (strays.length === 0) continue;
      const keys = strays.map((row) => nameRow(table, row)).join('; ');
      throw new DomainError(
        'scope-leak',
        `Rows of ${table.name} belong to two projects at once (${says}): ${keys}. Correct them in the database first.`,
      );
    }
  }
}

/** `id=5`: a row by its key, for people. */
export function nameRow(table: OwnedTable, row: Row): string {
  const shown = table.keyed ? table.key : table.key.slice(0, 3);
  return shown.map((column) => `${column}=${JSON.stringify(row[table.columns.indexOf(column)])}`).join(',');
}
