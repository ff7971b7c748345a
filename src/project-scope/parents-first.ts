import type { ForeignKey, TableSchema } from '../engines/rows.types.js';
import { isOwning, isTie } from './foreign-keys.js';
import type { Resolved } from './resolve-owners.js';

/**
 * The owned tables, each after those by which its rows belong: a restore removes rows from the end, and must be able to tell
 * whose they are until they are gone. Among those that could come next, one comes that refers to none of the others, if there is
 * one, else one that owns by none of them.
 */
export function parentsFirst(
  tables: readonly TableSchema[],
  owners: ReadonlyMap<string, Resolved>,
): [TableSchema, Resolved][] {
  const rest = new Map(
    tables.flatMap((table) => {
      const resolved = owners.get(table.name);
      return resolved ? [[table, resolved] as const] : [];
    }),
  );
  const names = new Set([...rest.keys()].map(({ name }) => name));
  const isWaiting = (table: TableSchema, key: ForeignKey) =>
    names.has(key.referencedTable) && key.referencedTable !== table.name;
  const conditions: ((table: TableSchema) => boolean)[] = [
    (table) => !table.foreignKeys.some((key) => isTie(key) && isWaiting(table, key)),
    (table) => !table.foreignKeys.some((key) => isOwning(table, key) && isWaiting(table, key)),
    () => true,
  ];
  const ordered: [TableSchema, Resolved][] = [];
  while (rest.size > 0) {
    const free = [...rest].filter(([, resolved]) => needed(resolved).every((name) => !names.has(name)));
    const condition = conditions.find((isNext) => free.some(([table]) => isNext(table)));
    const next = condition && free.find(([table]) => condition(table));
    // The ownership of tables has no cycles; those that lead to each other are one closure.
    if (!next) throw new Error('No table can come next');
    rest.delete(next[0]);
    names.delete(next[0].name);
    ordered.push(next);
  }
  return ordered;
}

/** The tables that must stand before: with a row of a closure, all of its tables. */
function needed({ owner, closure }: Resolved): string[] {
  if (owner.kind !== 'references') return [];
  return owner.anyOf.flatMap(({ parent, parentOwner }) => {
    if (parentOwner.kind !== 'member') return [parent];
    return parentOwner.closure === closure ? [] : parentOwner.closure.members.map(({ table }) => table);
  });
}
