import type { ForeignKey, Ownership, Reference, TableSchema } from '../engines/rows.types.js';
import { isMandatory, isOwning } from './foreign-keys.js';
import type { OwnedTable } from './scope-plan.types.js';

interface Surroundings {
  /** Set for the root table only. */
  rootKey: string | null;
  /** The tables that were described before this one. */
  owned: ReadonlyMap<string, OwnedTable>;
}

export function describeTable(table: TableSchema, around: Surroundings): OwnedTable {
  const columns = table.columns.filter((column) => !column.generated);
  const unique = ownKey(table);
  const { owner, path, certain } = ownership(table, around);
  return {
    name: table.name,
    columns: columns.map(({ name }) => name),
    types: columns.map(({ type }) => type),
    key: unique ?? columns.map(({ name }) => name),
    keyed: unique !== null,
    owner,
    path,
    certain,
    crossChecks: crossChecks(table, owner, around),
    foreignKeys: table.foreignKeys,
    triggers: table.triggers,
    transactional: table.transactional,
  };
}

/** The primary key, or else a unique key that is never null; both of written columns only. */
function ownKey(table: TableSchema): string[] | null {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const usable = (key: string[]) =>
    key.length > 0 && key.every((name) => columns.get(name)?.generated === false);
  if (usable(table.primaryKey)) return table.primaryKey;
  const never = (key: string[]) => key.every((name) => columns.get(name)?.nullable === false);
  return table.uniqueKeys.find((key) => usable(key) && never(key)) ?? null;
}

function ownership(
  table: TableSchema,
  { rootKey, owned }: Surroundings,
): Pick<OwnedTable, 'owner' | 'path' | 'certain'> {
  if (rootKey !== null) {
    return { owner: { kind: 'root', column: rootKey }, path: `${table.name}.${rootKey}`, certain: true };
  }
  const ways = waysUp(table, owned);
  // One reference that every row has decides alone, the shortest one; the others are cross-checked.
  const mandatory = ways
    .filter(({ foreignKey }) => isMandatory(table, foreignKey))
    .sort((a, b) => depth(a.reference.parentOwner) - depth(b.reference.parentOwner));
  const chosen = mandatory[0] ? [mandatory[0]] : ways;
  return {
    owner: { kind: 'references', anyOf: chosen.map(({ reference }) => reference) },
    path: chosen.map(({ reference }) => say(table.name, reference)).join(' or '),
    certain: mandatory.length > 0,
  };
}

interface Way {
  foreignKey: ForeignKey;
  reference: Reference;
}

function waysUp(table: TableSchema, owned: ReadonlyMap<string, OwnedTable>): Way[] {
  return table.foreignKeys.flatMap((foreignKey) => {
    const parent = owned.get(foreignKey.referencedTable);
    if (!parent || !isOwning(foreignKey)) return [];
    return [{ foreignKey, reference: referenceOf(foreignKey, parent.owner) }];
  });
}

/**
 * Every pair of owning references of a table must lead to the same project: rows that belong by one and stray by the
 * other are a leak. A reference to the table itself (a tree) is checked against the table's own ownership.
 */
function crossChecks(
  table: TableSchema,
  owner: Ownership,
  { rootKey, owned }: Surroundings,
): OwnedTable['crossChecks'] {
  if (rootKey !== null) return [];
  const ways = waysUp(table, owned);
  const selves = table.foreignKeys
    .filter((foreignKey) => isOwning(foreignKey) && foreignKey.referencedTable === table.name)
    .map((foreignKey) => referenceOf(foreignKey, owner));
  const pairs = ways.flatMap((first) =>
    ways
      .filter((second) => second !== first)
      .map((second) => ({ rows: only(first.reference), to: second.reference })),
  );
  return [...pairs, ...selves.map((to) => ({ rows: owner, to }))].map(({ rows, to }) => ({
    rows,
    reference: to,
    says: say(table.name, to),
  }));
}

function only(reference: Reference): Ownership {
  return { kind: 'references', anyOf: [reference] };
}

function referenceOf(foreignKey: ForeignKey, parentOwner: Ownership): Reference {
  return {
    columns: foreignKey.columns,
    parent: foreignKey.referencedTable,
    parentColumns: foreignKey.referencedColumns,
    parentOwner,
  };
}

function depth(owner: Ownership): number {
  return owner.kind === 'root'
    ? 0
    : 1 + Math.min(...owner.anyOf.map(({ parentOwner }) => depth(parentOwner)));
}

function say(table: string, { columns, parent, parentColumns }: Reference): string {
  return `${table}.${columns.join('+')} -> ${parent}.${parentColumns.join('+')}`;
}
