import type { Ownership, Reference, TableSchema } from '../engines/rows.types.js';
import { isTie } from './foreign-keys.js';
import { referenceTo, sayReference } from './owned-table.js';
import type { DescribedTable, OwnedTable } from './scope-plan.types.js';

/**
 * The pairs of ways by which a leak would show, whether or not the references own. Every pair of them up to tables that
 * stand before this one must lead to the same project: rows that belong by one and stray by the other are in two. A
 * reference to the table itself (a tree) or to one behind it (a cycle) is no way to the root; it is checked against the
 * rows' own project. Not so the root's to itself: a project below another one is still a project of its own.
 */
export function crossChecks(
  table: TableSchema,
  own: DescribedTable,
  owned: ReadonlyMap<string, DescribedTable>,
): OwnedTable['crossChecks'] {
  const order = [...owned.keys()];
  const isAbove = ({ parent }: Reference) => order.indexOf(parent) < order.indexOf(table.name);
  const references = table.foreignKeys.filter(isTie).flatMap((foreignKey) => {
    const parent = owned.get(foreignKey.referencedTable);
    const isParentProject = parent?.owner.kind === 'root' && parent === own;
    return parent && !isParentProject ? [referenceTo(parent, foreignKey)] : [];
  });
  // Rows that belong by each other are found by no single way; each of their references is checked against them all.
  const ways = own.closure ? [] : references.filter(isAbove);
  const pairs = ways.flatMap((first) =>
    ways.filter((second) => second !== first).map((to) => ({ rows: only(first), to })),
  );
  const others = references.filter((to) => !ways.includes(to)).map((to) => ({ rows: own.owner, to }));
  return [...pairs, ...others].map(({ rows, to }) => ({
    rows,
    reference: to,
    says: sayReference(table.name, to),
  }));
}

function only(reference: Reference): Ownership {
  return { kind: 'references', anyOf: [reference] };
}
