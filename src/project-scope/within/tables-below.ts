import type { ForeignKey } from '../../engines/rows.types.js';
import { isOwning, isTie, type Nullability } from '../foreign-keys.js';
import type { OwnedTable, ScopePlan } from '../scope-plan.types.js';

/** A table with rows below those of another one, or the table of these itself. */
export interface TableBelow {
  table: OwnedTable;
  /** By which its rows hang on others of these tables: they go with them, or cannot be without them. */
  ways: ForeignKey[];
  /** The columns by which its rows are referred to. */
  referenced: string[][];
}

/** The tables with rows below those of `top`, and itself, in the plan's order. */
export function tablesBelow({ owned }: ScopePlan, top: string): Map<string, TableBelow> {
  const names = new Set([top]);
  const hangsOn = (table: OwnedTable) => waysOf(table, owned).filter((key) => names.has(key.referencedTable));
  for (let grown = true; grown;) {
    grown = false;
    for (const table of owned) {
      if (names.has(table.name) || hangsOn(table).length === 0) continue;
      names.add(table.name);
      grown = true;
    }
  }
  const below = new Map(
    owned
      .filter(({ name }) => names.has(name))
      .map((table) => [table.name, { table, ways: hangsOn(table), referenced: [] as string[][] }]),
  );
  for (const { ways } of below.values()) {
    for (const { referencedTable, referencedColumns } of ways) {
      const lists = below.get(referencedTable)?.referenced ?? [];
      if (!lists.some((list) => list.join() === referencedColumns.join())) lists.push(referencedColumns);
    }
  }
  return below;
}

/**
 * Down, never up: an area may point at its first section and is not below it. The plan has parents first; only in a closure
 * it does not matter what stands first.
 */
function waysOf(table: OwnedTable, owned: readonly OwnedTable[]): ForeignKey[] {
  const before = owned.slice(0, owned.indexOf(table));
  const isAbove = ({ referencedTable }: ForeignKey) =>
    before.some(({ name }) => name === referencedTable) ||
    table.closure?.members.some((member) => member.table === referencedTable) === true;
  const nullability: Nullability = {
    columns: table.columns.map((name) => ({ name, nullable: !table.neverNull.includes(name) })),
  };
  return table.foreignKeys.filter((key) =>
    key.referencedTable === table.name ? isTie(key) : isOwning(nullability, key) && isAbove(key),
  );
}
