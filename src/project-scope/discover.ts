import { DomainError } from '../common/errors.js';
import type { DatabaseSchema, TableSchema } from '../engines/rows.types.js';
import { classifyRest } from './classify-rest.js';
import { crossChecks } from './cross-checks.js';
import { fingerprint } from './fingerprint.js';
import { isOwning } from './foreign-keys.js';
import { describeTable } from './owned-table.js';
import { applyRules } from './apply-rules.js';
import type { ScopeRules } from './scope-rules.types.js';
import { parentsFirst } from './parents-first.js';
import { resolveOwners } from './resolve-owners.js';
import type { DescribedTable, ScopePlan } from './scope-plan.types.js';
import { whenEmptyTables } from './when-empty/when-empty-tables.js';

/**
 * Discovers a project's tables from the foreign keys. A table is owned when a foreign key leads from it to an owned
 * table by which its rows go when the project's row goes (`ON DELETE CASCADE`), or without which they cannot be.
 * Throws DomainError `artefact-unfit` when the root table cannot be one, and with the place of a rule that cannot be.
 */
export function discoverScope(schema: Pick<DatabaseSchema, 'tables'>, rules: ScopeRules): ScopePlan {
  const { tables } = applyRules(schema, rules);
  const { root: rootTable } = rules;
  const root = tables.find(({ name }) => name === rootTable);
  if (tables.length === 0)
    throw unfit('The database is empty. Restore a backup of the whole database first.');
  if (!root)
    throw unfit(
      `The database has no table "${rootTable}". Name the table of its projects: by ${rules.rootSetting}, or as "root" in the scope file.`,
    );
  const [rootKey, ...more] = root.primaryKey;
  if (rootKey === undefined || more.length > 0) {
    throw unfit(
      `The table "${rootTable}" must have a primary key of one column to be the table of projects.`,
    );
  }
  const names = reachable(tables, rootTable);
  const its = tables.filter(({ name }) => names.has(name));
  const owners = resolveOwners(its, { table: rootTable, key: rootKey });
  const owned = new Map<string, DescribedTable>();
  for (const [table, resolved] of parentsFirst(its, owners)) {
    owned.set(table.name, describeTable(table, resolved));
  }
  const list = its.flatMap((table) => {
    const described = owned.get(table.name);
    return described ? [{ ...described, crossChecks: crossChecks(table, described, owned) }] : [];
  });
  const order = [...owned.keys()];
  list.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const whenEmpty = whenEmptyTables(tables, list, rules);
  return {
    rootTable,
    rootKey,
    owned: list,
    whenEmpty,
    ...classifyRest(tables, list, rules),
    fingerprint: fingerprint([...list, ...whenEmpty]),
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

function unfit(detail: string): DomainError {
  return new DomainError('artefact-unfit', detail);
}
