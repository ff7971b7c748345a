import type { ForeignKey, TableSchema } from '../engines/rows.types.js';
import { isTie } from './foreign-keys.js';
import { KeyNames } from './key-names.js';

/**
 * Of the tables that are neither owned nor declared, those that nevertheless look like a project's, with the reason. What
 * the root refers to stands above the projects, so that a column of it by itself is no sign, unless it names the root.
 */
export function findDoubts(
  rootTable: string,
  tables: readonly TableSchema[],
  ownedNames: ReadonlySet<string>,
  declared: ReadonlySet<string>,
): Map<string, string> {
  const all = tables.map(({ name }) => name);
  const ofRoot = new KeyNames([rootTable], all);
  const ofOwned = new KeyNames([...ownedNames], all);
  const above = tablesAbove(rootTable, tables, ownedNames);
  const undecided = tables.filter(({ name }) => !ownedNames.has(name) && !declared.has(name));
  const loose = new Map<string, string>();
  const byName = new Map<string, string>();
  for (const table of undecided) {
    const reference = table.foreignKeys.find((key) => ownedNames.has(key.referencedTable));
    if (reference) loose.set(table.name, sayLoose(reference));
    else {
      const doubt = doubtByName(table, above.has(table.name) ? [ofRoot] : [ofRoot, ofOwned], rootTable);
      if (doubt !== null) byName.set(table.name, doubt);
    }
  }
  spread(
    byName,
    undecided.filter(({ name }) => !loose.has(name) && !above.has(name)),
  );
  return new Map([...loose, ...byName]);
}

/** Every table to which foreign keys lead from the root. */
function tablesAbove(
  rootTable: string,
  tables: readonly TableSchema[],
  ownedNames: ReadonlySet<string>,
): Set<string> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const above = new Set<string>();
  const open = [rootTable];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { referencedTable } of byName.get(next)?.foreignKeys ?? []) {
      if (ownedNames.has(referencedTable) || above.has(referencedTable)) continue;
      above.add(referencedTable);
      open.push(referencedTable);
    }
  }
  return above;
}

/** Doubts what hangs by foreign keys on what is doubted, too. */
function spread(doubts: Map<string, string>, tables: readonly TableSchema[]): void {
  for (let before = -1; before < doubts.size;) {
    before = doubts.size;
    for (const { name, foreignKeys } of tables) {
      const way = foreignKeys.find((key) => doubts.has(key.referencedTable));
      if (!way || doubts.has(name)) continue;
      doubts.set(
        name,
        `it refers to ${way.referencedTable} by ${way.columns.join(', ')}, which is not placed yet`,
      );
    }
  }
}

function doubtByName(
  { columns, foreignKeys }: TableSchema,
  keyNames: readonly KeyNames[],
  rootTable: string,
): string | null {
  const unsaid = columns.filter(({ name }) => !foreignKeys.some((key) => key.columns.includes(name)));
  for (const names of keyNames) {
    for (const { name } of unsaid) {
      const of = names.tableOf(name);
      if (of === undefined) continue;
      const whose = of === rootTable ? "a project's key" : `a key of ${of}`;
      return `its column ${name} looks like ${whose}, but no foreign key says so`;
    }
  }
  return null;
}

function sayLoose(foreignKey: ForeignKey): string {
  const { columns, referencedTable, onDelete } = foreignKey;
  const names = columns.join(', ');
  return isTie(foreignKey)
    ? `it refers to ${referencedTable} only by ${names}, which may be null and is not ON DELETE CASCADE, so its rows may be shared`
    : `it refers to ${referencedTable} only by ON DELETE ${onDelete.toUpperCase()} (${names}), so its rows outlive the project`;
}
