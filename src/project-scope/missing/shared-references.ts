import type { ForeignKey, Row } from '../../engines/rows.types.js';
import { referenceKey } from '../reference-key.js';
import type { OwnedTable, ScopePlan } from '../scope-plan.types.js';
import type { MissingRows } from './missing.types.js';

/** A reference of a project's table to a table that no project owns. */
export interface SharedReference {
  /** `tasks.assignee_id`. */
  name: string;
  foreignKey: ForeignKey;
  /** The key that a row refers to; null when it refers to nothing. */
  keyIn(row: Row): Row | null;
  possible: MissingRows['possible'];
  /** Where in a row the columns stand that become null; none when there cannot be null. */
  nulled: number[];
  /** Where the columns of the reference stand in a row. */
  positions: number[];
}

/** Those of a table whose columns it has all. */
export function sharedReferences({ owned, rootTable }: ScopePlan, table: OwnedTable): SharedReference[] {
  const isOwned = new Set(owned.map(({ name }) => name));
  return table.foreignKeys
    .filter(({ referencedTable, columns }) => {
      return !isOwned.has(referencedTable) && columns.every((column) => table.columns.includes(column));
    })
    .map((foreignKey) => {
      const { columns } = foreignKey;
      const at = (column: string) => table.columns.indexOf(column);
      const nulled = nullable(table, foreignKey).map(at);
      const isUsable = columns.length === 1 && isFree(table, columns[0] ?? '');
      return {
        name: `${table.name}.${columns.join('+')}`,
        foreignKey,
        keyIn: referenceKey(table, foreignKey),
        possible: [
          'refuse' as const,
          ...(nulled.length > 0 ? ['null' as const] : []),
          ...(isUsable ? ['use' as const] : []),
          ...(table.name === rootTable ? [] : ['skip' as const]),
        ],
        nulled,
        positions: columns.map(at),
      };
    });
}

/** By the columns of a key rows are found and compared: they cannot become others on the way. */
function isFree({ keyed, key }: OwnedTable, column: string): boolean {
  return keyed && !key.includes(column);
}

/** A reference with a null in it refers to nothing. Where several columns could be null, not those that other references need. */
function nullable(table: OwnedTable, foreignKey: ForeignKey): string[] {
  const possible = foreignKey.columns.filter(
    (column) => isFree(table, column) && !table.neverNull.includes(column),
  );
  const others = table.foreignKeys.filter((other) => other !== foreignKey).flatMap(({ columns }) => columns);
  const alone = possible.filter((column) => !others.includes(column));
  return alone.length > 0 ? alone : possible;
}
