import type { ForeignKey, TableSchema } from '../engines/rows.types.js';
import { findDoubts } from './find-doubts.js';
import { isTie } from './foreign-keys.js';
import { KeyNames } from './key-names.js';
import type { ScopeRules } from './scope-rules.types.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

/** Says of every table that a project does not own why that is so; nothing is left out silently. */
export function classifyRest(
  tables: readonly TableSchema[],
  owned: readonly OwnedTable[],
  { root: rootTable, ...rules }: Pick<ScopeRules, 'root' | 'shared' | 'exclude' | 'whenEmpty'>,
): Pick<ScopePlan, 'shared' | 'excluded' | 'unclassified'> {
  const declared = new Map([...rules.shared, ...rules.exclude].map(({ table, reason }) => [table, reason]));
  const isShared = new Set(rules.shared.map(({ table }) => table));
  const ownedNames = new Set(owned.map(({ name }) => name));
  const placed = new Set([...ownedNames, ...rules.whenEmpty.map(({ table }) => table)]);
  const referred = new Set(owned.flatMap(({ foreignKeys }) => foreignKeys.map((key) => key.referencedTable)));
  const rest: Pick<ScopePlan, 'shared' | 'excluded' | 'unclassified'> = {
    shared: [],
    excluded: [],
    unclassified: [],
  };
  const decided = new Set([...declared.keys(), ...placed]);
  const doubts = findDoubts(rootTable, tables, ownedNames, decided);
  for (const table of tables) {
    if (placed.has(table.name)) continue;
    const said = declared.get(table.name);
    if (said !== undefined) {
      rest[isShared.has(table.name) ? 'shared' : 'excluded'].push({ name: table.name, reason: said });
      continue;
    }
    const doubt = doubts.get(table.name);
    if (doubt !== undefined) rest.unclassified.push({ name: table.name, reason: doubt });
    else if (referred.has(table.name)) {
      rest.shared.push({ name: table.name, reason: 'projects refer to it and do not own it' });
    } else rest.excluded.push({ name: table.name, reason: 'no foreign key connects it with projects' });
  }
  const ofRoot = new KeyNames(
    [rootTable],
    tables.map(({ name }) => name),
  );
  for (const table of owned) {
    const doubt = doubtAboutWays(table, ownedNames) ?? doubtAboutColumn(table, rootTable, ofRoot);
    if (doubt) rest.unclassified.push({ name: table.name, reason: doubt });
  }
  const anyKey = tables.some(({ foreignKeys }) => foreignKeys.length > 0);
  if (!anyKey && tables.length > 1 && rest.unclassified.length === 0) {
    rest.unclassified.push({ name: rootTable, reason: lonely });
  }
  return rest;
}

/** MariaDB hides foreign keys from an account that may only read. */
const lonely =
  'no other table hangs on it by a foreign key; if some do, the database user may not see that and needs more than SELECT';

/**
 * Where not every row is tied to the project by itself, those are missed that have only a tie by which rows are not
 * found: one that does not own.
 */
function doubtAboutWays({ certain, owner, foreignKeys }: OwnedTable, ownedNames: Set<string>): string | null {
  if (certain || owner.kind !== 'references') return null;
  const isWay = ({ columns, referencedTable }: ForeignKey) =>
    owner.anyOf.some((way) => way.parent === referencedTable && way.columns.join() === columns.join());
  const missed = foreignKeys.find((key) => isTie(key) && ownedNames.has(key.referencedTable) && !isWay(key));
  return missed
    ? `rows that belong to a project only through ${missed.columns.join(', ')} are not found yet`
    : null;
}

/**
 * A table that belongs by another way, and has the project beside it for an application that looks for its rows by that: a row
 * could name another project there, and a copy would go on naming the old one.
 */
function doubtAboutColumn(
  { name: table, columns, foreignKeys }: OwnedTable,
  rootTable: string,
  ofRoot: KeyNames,
): string | null {
  if (table === rootTable) return null;
  const said = foreignKeys.flatMap((key) => key.columns);
  const column = columns.find((name) => ofRoot.tableOf(name) !== undefined && !said.includes(name));
  if (column === undefined) return null;
  return `its column ${column} looks like a project's key, but no foreign key says so, so that its rows could name another project there`;
}
