import type { Closure, ForeignKey, Ownership, TableSchema } from '../engines/rows.types.js';
import { isMandatory, isOwning, isTie } from './foreign-keys.js';
import { linkOf, type Parent, referenceTo, sayReference } from './owned-table.js';

export interface Resolved extends Parent {
  path: string;
  certain: boolean;
}

/**
 * How the rows of each of `tables`, which are the owned ones, belong. One reference that every row has decides alone, the
 * shortest one; else any of those that own, and of those to rows of the same table. Where tables wait for each other, or
 * for themselves, their rows belong by each other: a closure.
 */
export function resolveOwners(
  tables: readonly TableSchema[],
  root: { table: string; key: string },
): Map<string, Resolved> {
  const owners = new Map<string, Resolved>();
  const { table: name, key } = root;
  const owner: Ownership = { kind: 'root', column: key };
  owners.set(name, { owner, closure: null, path: `${name}.${key}`, certain: true });
  const names = new Set(tables.map((table) => table.name));
  const waiting = new Map(
    tables.filter((table) => table.name !== name).map((table) => [table, waysOf(table, names)]),
  );
  while (waiting.size > 0) {
    const ready = byOneWay(waiting, owners) ?? byAnyWay(waiting, owners) ?? byEachOther(waiting, owners);
    for (const [table, resolved] of ready) {
      owners.set(table.name, resolved);
      waiting.delete(table);
    }
  }
  return owners;
}

type Waiting = ReadonlyMap<TableSchema, ForeignKey[]>;
type Ready = [TableSchema, Resolved][];

function waysOf(table: TableSchema, names: ReadonlySet<string>): ForeignKey[] {
  return table.foreignKeys.filter(
    (key) =>
      names.has(key.referencedTable) &&
      (isOwning(table, key) || (isTie(key) && key.referencedTable === table.name)),
  );
}

/** Tables with a reference that is never null, to a table whose owner is known. */
function byOneWay(waiting: Waiting, owners: ReadonlyMap<string, Resolved>): Ready | null {
  const ready: Ready = [];
  for (const [table, ways] of waiting) {
    const known = ways.flatMap((key) => {
      const parent = owners.get(key.referencedTable);
      return parent && isMandatory(table, key) ? [referenceTo(parent, key)] : [];
    });
    const [shortest] = known.sort((a, b) => depth(a.parentOwner) - depth(b.parentOwner));
    if (!shortest) continue;
    const path = sayReference(table.name, shortest);
    ready.push([table, { ...belongingBy([shortest]), closure: null, path, certain: true }]);
  }
  return ready.length > 0 ? ready : null;
}

/** A table all of whose ways lead to tables whose owner is known. */
function byAnyWay(waiting: Waiting, owners: ReadonlyMap<string, Resolved>): Ready | null {
  for (const [table, ways] of waiting) {
    const references = ways.flatMap((key) => {
      const parent = owners.get(key.referencedTable);
      return parent ? [referenceTo(parent, key)] : [];
    });
    if (references.length < ways.length) continue;
    const path = references.map((reference) => sayReference(table.name, reference)).join(' or ');
    return [[table, { ...belongingBy(references), closure: null, path, certain: false }]];
  }
  return null;
}

/** The tables of a cycle that waits for nobody else. */
function byEachOther(waiting: Waiting, owners: ReadonlyMap<string, Resolved>): Ready {
  const cycle = firstCycle(waiting);
  const closure: Closure = { members: [] };
  const everything = [...waiting].flatMap(([table]) => table.foreignKeys);
  const ready: Ready = [];
  for (const [table, ways] of cycle) {
    const isInside = (key: ForeignKey) => [...cycle.keys()].some(({ name }) => name === key.referencedTable);
    const outside = (key: ForeignKey) => owners.get(key.referencedTable);
    const referenced = everything
      .filter((key) => key.referencedTable === table.name)
      .map((key) => key.referencedColumns);
    closure.members.push({
      table: table.name,
      referenced: [...new Map(referenced.map((columns) => [columns.join(), columns])).values()],
      seeds: ways.flatMap((key) => {
        const parent = outside(key);
        return parent ? [referenceTo(parent, key)] : [];
      }),
      steps: ways.filter(isInside).map(linkOf),
    });
    const references = ways.map((key) => referenceTo(outside(key) ?? { ...belongingBy([]), closure }, key));
    const path = references.map((reference) => sayReference(table.name, reference)).join(' or ');
    ready.push([table, { ...belongingBy(references), closure, path, certain: false }]);
  }
  return ready;
}

/** Tables that all lead to each other and to no other one that waits. */
function firstCycle(waiting: Waiting): Map<TableSchema, ForeignKey[]> {
  const reach = new Map([...waiting.keys()].map((table) => [table, reachOf(table, waiting)]));
  const isClosed = ([table, reached]: [TableSchema, Set<TableSchema>]) =>
    [...reached].every((other) => reach.get(other)?.has(table));
  const [, cycle] = [...reach].find(isClosed) ?? [];
  if (!cycle) throw new Error('No table waits for its owner');
  return new Map([...waiting].filter(([table]) => cycle.has(table)));
}

function reachOf(table: TableSchema, waiting: Waiting): Set<TableSchema> {
  const byName = new Map([...waiting.keys()].map((one) => [one.name, one]));
  const reached = new Set<TableSchema>();
  const open = [table];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const { referencedTable } of waiting.get(next) ?? []) {
      const parent = byName.get(referencedTable);
      if (!parent || reached.has(parent)) continue;
      reached.add(parent);
      open.push(parent);
    }
  }
  return reached;
}

function belongingBy(anyOf: Extract<Ownership, { kind: 'references' }>['anyOf']): { owner: Ownership } {
  return { owner: { kind: 'references', anyOf } };
}

function depth(owner: Ownership): number {
  if (owner.kind === 'root' || owner.kind === 'everybody') return 0;
  const above =
    owner.kind === 'references' ? owner.anyOf : owner.closure.members.flatMap(({ seeds }) => seeds);
  return 1 + Math.min(...above.map(({ parentOwner }) => depth(parentOwner)));
}
