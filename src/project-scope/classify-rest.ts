import type { DatabaseSchema, TableSchema } from '../engines/rows.types.js';
import { isOwning } from './foreign-keys.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

/** Says of every table that a project does not own why that is so; nothing is left out silently. */
export function classifyRest(
  { tables }: DatabaseSchema,
  owned: readonly OwnedTable[],
  rootTable: string,
): Pick<ScopePlan, 'shared' | 'excluded' | 'unclassified'> {
  const ownedNames = new Set(owned.map(({ name }) => name));
  const referred = new Set(owned.flatMap(({ foreignKeys }) => foreignKeys.map((key) => key.referencedTable)));
  const rest: Pick<ScopePlan, 'shared' | 'excluded' | 'unclassified'> = {
    shared: [],
    excluded: [],
    unclassified: [],
  };
  for (const table of tables) {
    if (ownedNames.has(table.name)) continue;
    const doubt = doubtAbout(table, ownedNames, rootTable);
    if (doubt) rest.unclassified.push({ name: table.name, reason: doubt });
    else if (referred.has(table.name)) {
      rest.shared.push({ name: table.name, reason: 'projects refer to it and do not own it' });
    } else rest.excluded.push({ name: table.name, reason: 'no foreign key connects it with projects' });
  }
  owned.forEach((table, position) => {
    const doubt = doubtAboutTree(table, position, owned);
    if (doubt) rest.unclassified.push({ name: table.name, reason: doubt });
  });
  return rest;
}

/** A table without an owning foreign key that nevertheless looks like a project's. */
function doubtAbout(table: TableSchema, ownedNames: Set<string>, rootTable: string): string | null {
  const loose = table.foreignKeys.find((key) => ownedNames.has(key.referencedTable) && !isOwning(key));
  if (loose) {
    return `it refers to ${loose.referencedTable} only by ON DELETE ${loose.onDelete.toUpperCase()} (${loose.columns.join(', ')}), so its rows outlive the project`;
  }
  const plural = rootTable.toLowerCase();
  const singular = plural.replace(/ies$/, 'y').replace(/s$/, '');
  const telling = [`${singular}_id`, `${plural}_id`, `${singular}id`, `${singular}_uuid`];
  const column = table.columns.find(({ name }) => telling.includes(name.toLowerCase()));
  return column ? `its column ${column.name} looks like a project's key, but no foreign key says so` : null;
}

/** A tree or a cycle of tables in which not every row is tied to the project by itself: some would be missed. */
function doubtAboutTree(table: OwnedTable, position: number, owned: readonly OwnedTable[]): string | null {
  if (table.certain) return null;
  const notYetPlaced = new Set(owned.slice(position).map(({ name }) => name));
  const inner = table.foreignKeys.find((key) => isOwning(key) && notYetPlaced.has(key.referencedTable));
  return inner
    ? `rows that belong to a project only through ${inner.columns.join(', ')} are not found yet`
    : null;
}
