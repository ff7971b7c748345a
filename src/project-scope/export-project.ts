import { createHash } from 'node:crypto';
import { DomainError } from '../common/errors.js';
import type { Cell, RowReader } from '../engines/rows.types.js';
import { jsonLeaks } from './json-leaks.js';
import { leaks } from './leaks.js';
import {
  digestLine,
  headerLine,
  type ProjectFileHeader,
  tableEnd,
  tableLine,
  totalsLine,
} from './project-file.js';
import { selectionOf } from './project-rows.js';
import { RowsDigest } from './rows-digest.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

export interface ExportResult {
  totals: Record<string, number>;
  /** SHA-256 over the project's rows alone; equal for two exports of the same rows. */
  rowsDigest: string;
  /** What a person should know of the rows: leaks that were kept. */
  warnings: string[];
}

/** The tables of a backup in the order of the file: those that the project's rows refer to come first. */
export function filedTables(plan: ScopePlan): { table: OwnedTable; whenEmpty: boolean }[] {
  return [
    ...plan.whenEmpty.map((table) => ({ table, whenEmpty: true })),
    ...plan.owned.map((table) => ({ table, whenEmpty: false })),
  ];
}

export interface ExportOptions {
  /** `keep` is for the undo of a restore only, which must hold what is there; all other exports `refuse` a leak. */
  leaks: 'refuse' | 'keep';
}

/**
 * The bytes of a project file, from one consistent snapshot, a batch of rows at a time. `result` is filled when the
 * last byte is out. Throws DomainError `not-found` when the root row does not exist and `scope-leak` when a row's
 * references lead to different projects, unless `leaks` are to be kept: then `result.warnings` names them.
 */
export async function* exportProject(
  reader: RowReader,
  plan: ScopePlan,
  rootKey: Cell,
  header: ProjectFileHeader,
  result: ExportResult,
  options: ExportOptions & { workFolder: string },
): AsyncGenerator<Buffer> {
  for (const found of [
    leaks(reader, plan.owned, rootKey),
    jsonLeaks(reader, plan, rootKey, options.workFolder),
  ]) {
    for await (const leak of found) {
      if (options.leaks === 'refuse') {
        throw new DomainError('scope-leak', `${leak} Correct them in the database first.`);
      }
      result.warnings.push(`${leak} A restore that would bring them back is refused.`);
    }
  }
  const digest = createHash('sha256');
  const rowsDigest = new RowsDigest();
  const out = (text: string) => {
    const bytes = Buffer.from(text, 'utf8');
    digest.update(bytes);
    return bytes;
  };
  yield out(headerLine(header));
  const tables = filedTables(plan);
  for (const [position, { table, whenEmpty }] of tables.entries()) {
    const { name, columns, types, key } = table;
    yield out(tableLine({ name, columns, types, key, ...(whenEmpty && { when_empty: true }) }));
    if (!whenEmpty) rowsDigest.add(name, []);
    let count = 0;
    for await (const rows of reader.read(selectionOf(table, rootKey))) {
      const lines = rows.map((row) => JSON.stringify(row));
      if (!whenEmpty) rowsDigest.add(name, lines);
      yield out((count === 0 ? '' : ',\n') + lines.join(',\n'));
      count += rows.length;
    }
    yield out(`${count === 0 ? '' : '\n'}${tableEnd(position === tables.length - 1)}`);
    result.totals[name] = count;
    if (name === plan.rootTable && count !== 1)
      throw new DomainError('not-found', 'The project does not exist.');
  }
  yield out(totalsLine(result.totals));
  result.rowsDigest = await rowsDigest.complete(reader, plan, rootKey);
  yield Buffer.from(digestLine(digest.digest('hex')), 'utf8');
}
