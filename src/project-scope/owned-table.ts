import type { ForeignKey, Ownership, Reference, TableSchema } from '../engines/rows.types.js';
import { isMandatory, isOwning } from './foreign-keys.js';
import type { DescribedTable, OwnedTable } from './scope-plan.types.js';

interface Surroundings {
  /** Set for the root table only. */
  rootKey: string | null;
  /** The tables that were described before this one. */
  owned: ReadonlyMap<string, DescribedTable>;
}

export function describeTable(table: TableSchema, around: Surroundings): DescribedTable {
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
    path: chosen.map(({ reference }) => sayReference(table.name, reference)).join(' or '),
    certain: mandatory.length > 0,
  };
}

interface Way {
  foreignKey: ForeignKey;
  reference: Reference;
}

function waysUp(table: TableSchema, owned: ReadonlyMap<string, DescribedTable>): Way[] {
  return table.foreignKeys.flatMap((foreignKey) => {
    const parent = owned.get(foreignKey.referencedTable);
    if (!parent || !isOwning(table, foreignKey)) return [];
    return [{ foreignKey, reference: referenceTo(parent, foreignKey) }];
  });
}

export function referenceTo(parent: DescribedTable, foreignKey: ForeignKey): Reference {
  return {
    columns: foreignKey.columns,
    parent: parent.name,
    parentColumns: foreignKey.referencedColumns,
    parentOwner: parent.owner,
  };
}

function depth(owner: Ownership): number {
  return owner.kind === 'root'
    ? 0
    : 1 + Math.min(...owner.anyOf.map(({ parentOwner }) => depth(parentOwner)));
}

export function sayReference(table: string, { columns, parent, parentColumns }: Reference): string {
  return `${table}.${columns.join('+')} -> ${parent}.${parentColumns.join('+')}`;
}
