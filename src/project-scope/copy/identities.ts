import type { Condition } from '../../engines/rows.types.js';
import type { OwnedTable, ScopePlan } from '../scope-plan.types.js';
import type { Renaming } from './id-functions.js';
import { ColumnGroups, type ColumnOf } from './column-groups.js';

/** Columns that hold the same ids: the one that they are of, and those that refer to it. */
export interface Identity {
  /** `tasks.id`: where its ids come from. */
  name: string;
  columns: ColumnOf[];
  /** Those of the columns that refer to nothing of the project. */
  sources: ColumnOf[];
  isRoot: boolean;
  /** What the request says of its texts. */
  rename: Renaming | null;
}

/** A reference that holds for some rows only. */
export interface ConditionalReference {
  column: string;
  when: Condition;
  identity: Identity;
}

export interface Identities {
  /** Those that get new ids. */
  renewed: Identity[];
  of(table: string, column: string): Identity | undefined;
  conditional(table: string): ConditionalReference[];
  /** Keys in which nothing can be new, since they refer to what projects share. */
  stuck: { table: string; key: string[] }[];
}

export interface IdentityQuestion {
  plan: ScopePlan;
  /** Besides the key, by table. */
  uniqueKeys: ReadonlyMap<string, string[][]>;
  /** The root table's column that gets another value in any case. */
  nameColumn: string;
  /** By `table.column`. */
  renamings: ReadonlyMap<string, Renaming>;
}

/**
 * Which ids must be new so that a copy can stand beside the original: the project's own, and so many others that each
 * unique key of each table has something new in it. What is told apart by a new id already (the second column of a key
 * that begins with the project's) stays as it is.
 */
export function identitiesOf({ plan, uniqueKeys, nameColumn, renamings }: IdentityQuestion): Identities {
  const { owned, rootTable, rootKey } = plan;
  const groups = ColumnGroups.of(owned);
  const chosen = new Map<string, Identity>();
  const renew = ({ table, column }: ColumnOf) => {
    const id = groups.idOf(table, column);
    if (!chosen.has(id)) chosen.set(id, describe(groups, id, plan, renamings));
  };
  renew({ table: rootTable, column: rootKey });
  for (const table of owned) {
    for (const column of table.columns) {
      if (renamings.has(`${table.name}.${column}`)) renew({ table: table.name, column });
    }
  }
  const isNew = (table: OwnedTable, column: string) =>
    chosen.has(groups.idOf(table.name, column)) || (table.name === rootTable && column === nameColumn);
  const stuck: Identities['stuck'] = [];
  for (const { table, key } of keysOf(owned, uniqueKeys)) {
    if (key.some((column) => isNew(table, column))) continue;
    const column = renewable(table, key, owned);
    if (column) renew({ table: table.name, column });
    else stuck.push({ table: table.name, key });
  }
  const of = (table: string, column: string) => chosen.get(groups.idOf(table, column));
  const conditions = new Map(owned.map((table) => [table.name, conditionalReferences(table, of)]));
  return { renewed: [...chosen.values()], of, conditional: (table) => conditions.get(table) ?? [], stuck };
}

/** Keys of one column first, since others often hold those; primary keys before other unique ones. */
function keysOf(owned: readonly OwnedTable[], uniqueKeys: ReadonlyMap<string, string[][]>) {
  const primary = owned.filter(({ keyed }) => keyed).map((table) => ({ table, key: table.key }));
  const others = owned.flatMap((table) => (uniqueKeys.get(table.name) ?? []).map((key) => ({ table, key })));
  const written = others.filter(({ table, key }) => key.every((column) => table.columns.includes(column)));
  return [primary, written].flatMap((keys) => [
    ...keys.filter(({ key }) => key.length === 1),
    ...keys.filter(({ key }) => key.length > 1),
  ]);
}

/** Of the columns of a key, the one whose values can best be others: none that refers to what projects share. */
function renewable(table: OwnedTable, key: readonly string[], owned: readonly OwnedTable[]): string | null {
  const own = new Set(owned.map(({ name }) => name));
  const toShared = new Set(
    table.foreignKeys
      .filter(({ referencedTable }) => !own.has(referencedTable))
      .flatMap(({ columns }) => columns),
  );
  const free = key.filter((column) => !toShared.has(column));
  const typeOf = (column: string) => table.types[table.columns.indexOf(column)] ?? '';
  return (
    free.find((column) => /int|uuid|bytea|binary\(16\)|char(acter)?\(36\)/i.test(typeOf(column))) ??
    free[0] ??
    null
  );
}

function conditionalReferences(table: OwnedTable, of: Identities['of']): ConditionalReference[] {
  return table.foreignKeys.flatMap(({ when, columns, referencedTable, referencedColumns }) => {
    if (!when) return [];
    return columns.flatMap((column, index) => {
      const identity = of(referencedTable, referencedColumns[index] ?? '');
      return identity ? [{ column, when, identity }] : [];
    });
  });
}

function describe(
  groups: ColumnGroups,
  id: string,
  { rootTable, rootKey }: ScopePlan,
  renamings: ReadonlyMap<string, Renaming>,
): Identity {
  const columns = groups.columnsOf(id);
  const roots = columns.filter((column) => !groups.refers(column));
  const sources = roots.length > 0 ? roots : columns;
  const isRoot = groups.idOf(rootTable, rootKey) === id;
  const [first] = isRoot ? [{ table: rootTable, column: rootKey }] : sources;
  const rename =
    columns.map(({ table, column }) => renamings.get(`${table}.${column}`)).find(Boolean) ?? null;
  return { name: first ? `${first.table}.${first.column}` : '', columns, sources, isRoot, rename };
}
