import { DomainError } from '../../common/errors.js';
import type { TableSchema } from '../../engines/rows.types.js';
import { findDoubts } from '../find-doubts.js';
import { describeTable } from '../owned-table.js';
import type { DeclaredTable, ScopeRules } from '../scope-rules.types.js';
import type { OwnedTable, WhenEmptyTable } from '../scope-plan.types.js';

/**
 * The tables that are declared to follow when empty. All rows of these go into every project's backup: throws DomainError
 * `artefact-unfit`, with the place of the rule, for a table that may hold rows of projects, and for one of which something
 * else is said, too.
 */
export function whenEmptyTables(
  tables: readonly TableSchema[],
  owned: readonly OwnedTable[],
  rules: ScopeRules,
): WhenEmptyTable[] {
  const ownedNames = new Set(owned.map(({ name }) => name));
  const decided = new Set([...rules.shared, ...rules.exclude].map(({ table }) => table));
  const doubts = findDoubts(rules.root, tables, ownedNames, decided);
  return rules.whenEmpty.flatMap((rule) => {
    const table = tables.find(({ name }) => name === rule.table);
    if (!table) return [];
    const elsewhere = [...rules.shared, ...rules.exclude].find((other) => other.table === rule.table);
    if (elsewhere) {
      throw unfit(rule, `it is declared otherwise, too (${elsewhere.place}). Declare it once`);
    }
    const path = owned.find(({ name }) => name === rule.table)?.path;
    const inJson = table.jsonReferences?.find(({ referencedTable }) => ownedNames.has(referencedTable));
    const doubt =
      path !== undefined
        ? `its rows belong to projects (${path})`
        : inJson
          ? `its documents refer to ${inJson.referencedTable}, whose rows belong to projects`
          : (doubts.get(table.name) ?? null);
    if (doubt !== null) {
      throw unfit(
        rule,
        `${doubt}, and all rows of such a table go into every project's backup. Remove the line`,
      );
    }
    const owner = { kind: 'everybody' as const };
    const described = describeTable(table, { owner, closure: null, path: '', certain: true });
    return { ...described, crossChecks: [], reason: rule.reason };
  });
}

function unfit({ place, table }: DeclaredTable, why: string): DomainError {
  return new DomainError(
    'artefact-unfit',
    `${place}: the table "${table}" cannot follow when empty: ${why}.`,
  );
}
