import { DomainError } from '../common/errors.js';
import type { Cell, Row } from '../engines/rows.types.js';
import type { BridgedTable } from './bridge-table.js';
import { compareKeys } from './compare-keys.js';
import { type FileRows, keyOf, parseRow } from './diff-table.js';
import { damagedFile } from './project-file.js';
import { type FileOfPlan, walkFile } from './walk-file.js';

/** 64 MiB: more than the servers take in a packet as they come; so much memory may a stranger's file cost. */
const longestLine = 64 * 1024 * 1024;

export interface ForeignFile extends FileOfPlan {
  projectId: number | string;
  rootKey: Cell;
}

/**
 * Reads a file of which nobody knows yet what it is to its end, once: layout, digest, tables and columns of the live
 * schema, cells, and the one row of the project itself. Whether its rows fit each other and the columns' types only a
 * rehearsal can tell. Memory does not grow with the file. Returns rows by table, in the order of the file. Throws DomainError `artefact-damaged`
 * with the place, `artefact-unfit`.
 */
export async function checkFile(file: ForeignFile): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const { plan, rootKey } = file;
  const check = async (reader: FileRows, { table }: BridgedTable) => {
    const { compare } = keyOf(table);
    const positionOfKey = table.columns.indexOf(plan.rootKey);
    let before: Row | null = null;
    let rows = 0;
    for (let line = await reader.nextRow(); line !== null; line = await reader.nextRow()) {
      rows += 1;
      const row = parseRow(line, table);
      const order = before ? compare(before, row) : -1;
      if (order > 0 || (order === 0 && table.keyed)) {
        throw damagedFile(`row ${rows} of ${table.name} does not come after the one before it`);
      }
      before = row;
      if (table.name !== plan.rootTable) continue;
      if (compareKeys([row[positionOfKey] ?? null], [rootKey], [false]) !== 0) {
        throw damagedFile(`row ${rows} of ${table.name} is another project`);
      }
    }
    found[table.name] = rows;
  };
  const following = { tables: new Set(plan.whenEmpty.map(({ name }) => name)), visit: check };
  const { totals, undeclared } = await walkFile({ longestLine, ...file }, check, following);
  if (undeclared.length > 0) throw notDeclared(undeclared);
  if (found[plan.rootTable] !== 1) throw damagedFile(`it must hold exactly one row of ${plan.rootTable}`);
  const wrong = [...plan.owned, ...plan.whenEmpty].find(
    ({ name }) => (found[name] ?? 0) !== (totals[name] ?? 0),
  );
  if (wrong) throw damagedFile(`its totals do not say how many rows of ${wrong.name} it holds`);
  return found;
}

function notDeclared(tables: readonly string[]): DomainError {
  return new DomainError(
    'artefact-unfit',
    `The file holds tables that are to follow when empty (${tables.map(String).join(', ')}), and the scope file ` +
      'does not declare them under "when_empty" here. Nothing was changed.',
  );
}
