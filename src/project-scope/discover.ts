import { DomainError } from '../common/errors.js';
import type { DatabaseSchema, ForeignKey, TableSchema } from '../engines/rows.types.js';
import { classifyRest } from './classify-rest.js';
import { crossChecks } from './cross-checks.js';
import { fingerprint } from './fingerprint.js';
import { isMandatory, isOwning, isTie } from './foreign-keys.js';
import { describeTable } from './owned-table.js';
import { applyRules } from './apply-rules.js';
import type { ScopeRules } from './scope-rules.types.js';
import { resolveOwners } from './resolve-owners.js';
import type { DescribedTable, ScopePlan } from './scope-plan.types.js';

/**
 * Discovers a project's tables from the foreign keys. A table is owned when a foreign key leads from it to an owned
 * table by which its rows go when the project's row goes (`ON DELETE CASCADE`), or without which they cannot be.
 * Throws DomainError `artefact-unfit` when the root table cannot be one.
 */
export function discoverScope(schema: Pick<DatabaseSchema, 'tables'>, rules: ScopeRules): ScopePlan {
  const { tables } = applyRules(schema, rules);
  const { root: rootTable } = rules;
  const root = tables.find(({ name }) => name === rootTable);
  if (!root)
    throw unfit(
      `The database has no table "${rootTable}". Set HOLDFAST_PROJECT_TABLE, or "root" in the scope file, to the table of projects.`,
    );
  const [rootKey, ...more] = root.primaryKey;
  if (rootKey === undefined || more.length > 0) {
    throw unfit(
      `The table "${rootTable}" must have a primary key of one column to be the table of projects.`,
    );
  }
  const names = reachable(tables, rootTable);
  const children = parentsFirst(tables, names, rootTable);
  const owners = resolveOwners([root, ...children], { table: rootTable, key: rootKey });
  const owned = new Map<string, DescribedTable>();
  for (const table of [root, ...children]) {
    const resolved = owners.get(table.name);
    if (resolved) owned.set(table.name, describeTable(table, resolved));
  }
  const list = [root, ...children].flatMap((table) => {
    const described = owned.get(table.name);
    return described ? [{ ...described, crossChecks: crossChecks(table, described, owned) }] : [];
  });
  return {
    rootTable,
    rootKey,
    owned: list,
    ...classifyRest(tables, list, rules),
    fingerprint: fingerprint(list),
  };
}

function reachable(tables: readonly TableSchema[], rootTable: string): Set<string> {
  const names = new Set([rootTable]);
  for (let grown = true; grown;) {
    grown = false;
    for (const table of tables) {
      if (names.has(table.name)) continue;
      if (table.foreignKeys.some((key) => isOwning(table, key) && names.has(key.referencedTable))) {
        names.add(table.name);
        grown = true;
      }
    }
  }
  return names;
}

/**
 * The owned tables but the root, each after those that it refers to. Where cycles leave no such table, the one comes
 * first that has all of its ways to the root by then, else one whose rows are all tied to the project by a reference
 * that is never null, else any that has a way at all.
 */
function parentsFirst(tables: readonly TableSchema[], names: Set<string>, rootTable: string): TableSchema[] {
  const placed = new Set([rootTable]);
  const isPlaced = (key: ForeignKey) => placed.has(key.referencedTable);
  const isWaiting = (table: TableSchema, key: ForeignKey) =>
    names.has(key.referencedTable) && key.referencedTable !== table.name && !isPlaced(key);
  const ready: ((table: TableSchema) => boolean)[] = [
    (table) => !table.foreignKeys.some((key) => isTie(key) && isWaiting(table, key)),
    (table) => !table.foreignKeys.some((key) => isOwning(table, key) && isWaiting(table, key)),
    (table) => table.foreignKeys.some((key) => isMandatory(table, key) && isPlaced(key)),
    (table) => table.foreignKeys.some((key) => isOwning(table, key) && isPlaced(key)),
  ];
  const rest = tables.filter(({ name }) => names.has(name) && name !== rootTable);
  const ordered: TableSchema[] = [];
  while (rest.length > 0) {
    const condition = ready.find((isReady) => rest.some(isReady));
    const next = condition && rest.find(condition);
    if (!next) throw new Error('A reachable table has no way to the root');
    rest.splice(rest.indexOf(next), 1);
    placed.add(next.name);
    ordered.push(next);
  }
  return ordered;
}

function unfit(detail: string): DomainError {
  return new DomainError('artefact-unfit', detail);
}
