import { DomainError } from '../common/errors.js';
import type { DatabaseSchema, TableSchema } from '../engines/rows.types.js';
import { classifyRest } from './classify-rest.js';
import { crossChecks } from './cross-checks.js';
import { fingerprint } from './fingerprint.js';
import { isMandatory, isOwning } from './foreign-keys.js';
import { describeTable } from './owned-table.js';
import type { DescribedTable, ScopePlan } from './scope-plan.types.js';

/**
 * Discovers a project's tables from the foreign keys. A table is owned when a foreign key leads from it to an owned
 * table and its rows go when the project's row goes; `ON DELETE SET NULL` means that they outlive it.
 * Throws DomainError `artefact-unfit` when the root table cannot be one.
 */
export function discoverScope(schema: DatabaseSchema, rootTable: string): ScopePlan {
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
  const root = tables.get(rootTable);
  if (!root)
    throw unfit(
      `The database has no table "${rootTable}". Set HOLDFAST_PROJECT_TABLE to the table of projects.`,
    );
  const [rootKey, ...more] = root.primaryKey;
  if (rootKey === undefined || more.length > 0) {
    throw unfit(
      `The table "${rootTable}" must have a primary key of one column to be the table of projects.`,
    );
  }
  const names = reachable(schema, rootTable);
  const owned = new Map<string, DescribedTable>();
  owned.set(rootTable, describeTable(root, { rootKey, owned }));
  const children = parentsFirst(schema, names, rootTable);
  for (const table of children) owned.set(table.name, describeTable(table, { rootKey: null, owned }));
  const list = [root, ...children].flatMap((table) => {
    const described = owned.get(table.name);
    return described ? [{ ...described, crossChecks: crossChecks(table, described, owned) }] : [];
  });
  return {
    rootTable,
    rootKey,
    owned: list,
    ...classifyRest(schema, list, rootTable),
    fingerprint: fingerprint(list),
  };
}

function reachable({ tables }: DatabaseSchema, rootTable: string): Set<string> {
  const names = new Set([rootTable]);
  for (let grown = true; grown;) {
    grown = false;
    for (const table of tables) {
      if (names.has(table.name)) continue;
      if (table.foreignKeys.some((key) => isOwning(key) && names.has(key.referencedTable))) {
        names.add(table.name);
        grown = true;
      }
    }
  }
  return names;
}

/**
 * The owned tables but the root, each after those that it refers to. In a cycle the table comes first whose rows are
 * all tied to the project by a reference that is never null, then any that has a way at all.
 */
function parentsFirst({ tables }: DatabaseSchema, names: Set<string>, rootTable: string): TableSchema[] {
  const placed = new Set([rootTable]);
  const rest = tables.filter(({ name }) => names.has(name) && name !== rootTable);
  const ordered: TableSchema[] = [];
  while (rest.length > 0) {
    const next =
      rest.find((table) => parentsOf(table, names).every((parent) => placed.has(parent))) ??
      rest.find((table) =>
        table.foreignKeys.some((key) => placed.has(key.referencedTable) && isMandatory(table, key)),
      ) ??
      rest.find((table) => table.foreignKeys.some((key) => isOwning(key) && placed.has(key.referencedTable)));
    if (!next) throw new Error('A reachable table has no way to the root');
    rest.splice(rest.indexOf(next), 1);
    placed.add(next.name);
    ordered.push(next);
  }
  return ordered;
}

function parentsOf(table: TableSchema, names: Set<string>): string[] {
  return table.foreignKeys
    .filter((key) => isOwning(key) && names.has(key.referencedTable) && key.referencedTable !== table.name)
    .map((key) => key.referencedTable);
}

function unfit(detail: string): DomainError {
  return new DomainError('artefact-unfit', detail);
}
