import type { Readable } from 'node:stream';
import { DomainError } from '../common/errors.js';
import type { Cell, ProjectRows, Row } from '../engines/rows.types.js';
import { parseRow } from './diff-table.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';
import { walkFile } from './walk-file.js';

export interface ParentsToCheck {
  rows: ProjectRows;
  plan: ScopePlan;
  rootKey: Cell;
  openFile(): Promise<Readable>;
}

/**
 * Projects may stand below others. Where a file from elsewhere says so, it must say what is live: rights may come down from
 * above. Throws DomainError `scope-leak`.
 */
export async function refuseOtherParents({ rows, plan, rootKey, openFile }: ParentsToCheck): Promise<void> {
  const root = plan.owned.find(({ name }) => name === plan.rootTable);
  const upwards = root?.foreignKeys.filter(({ referencedTable }) => referencedTable === root.name) ?? [];
  if (!root || upwards.length === 0) return;
  const query = { table: root.name, columns: root.columns, where: { [plan.rootKey]: rootKey } };
  const [live] = await rows.snapshot((reader) => reader.list({ ...query, orderBy: [], limit: 1 }));
  await walkFile({ plan, openFile, tables: [root.name] }, async (file, { table }) => {
    for (let line = await file.nextRow(); line !== null; line = await file.nextRow()) {
      const row = parseRow(line, table);
      const strange = upwards.find(({ columns }) => {
        const said = cellsOf(table, row, columns);
        const known = [JSON.stringify([rootKey]), JSON.stringify(live && cellsOf(root, live, columns))];
        return !said.includes(null) && !known.includes(JSON.stringify(said));
      });
      if (strange) throw standsElsewhere(table.name, strange.columns);
    }
  });
}

function cellsOf(table: OwnedTable, row: Row, columns: readonly string[]): Row {
  return columns.map((column) => row[table.columns.indexOf(column)] ?? null);
}

function standsElsewhere(table: string, columns: readonly string[]): DomainError {
  return new DomainError(
    'scope-leak',
    `The file puts the project below another one (${table}.${columns.join(', ')}), below which it does not stand here. ` +
      'Nothing was changed.',
  );
}
