import { type Member, type Slot, slotOf, slotsOf } from '../../closure-slots.js';
import type { ClosureMember, Link, Ownership } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { column, joined } from './comparison-sql.js';
import { type OwnershipContext, whenSql } from './when-sql.js';

/** One condition on the row `alias` for each way in which it belongs (ownership-sql.ts). */
export type SeedWays = (
  table: string,
  alias: string,
  owner: Ownership,
  context: OwnershipContext,
) => string[];

/**
 * A SELECT of the keys that a closure finds for one of its members: one recursive expression with columns of their own
 * for each member's keys, NULL in the rows of the others. PostgreSQL lets `own` stand in its own definition once, so that
 * all steps go on from it in one LATERAL union.
 */
export function closureKeys(
  { closure, table, columns }: Member,
  context: OwnershipContext,
  seedWays: SeedWays,
): string {
  const slots = slotsOf(closure);
  const { names } = slotOf(slots, table, columns);
  const all = slots.flatMap((slot) => slot.names).join(', ');
  const begin = closure.members.flatMap((member) => seeds(member, slots, context, seedWays));
  const further = closure.members.flatMap((member) =>
    member.steps.map((link) => step(member, link, slots, context)),
  );
  // Without any way in, there must still be a first part to tell the types.
  const first = begin.length > 0 ? begin.join(' UNION ') : `SELECT ${keysOf(null, slots)} WHERE FALSE`;
  const recursive =
    further.length > 0
      ? ` UNION SELECT n.* FROM own CROSS JOIN LATERAL (${further.join(' UNION ALL ')}) n`
      : '';
  const found = `SELECT ${names.join(', ')} FROM own WHERE ${names[0] ?? ''} IS NOT NULL`;
  return `WITH RECURSIVE own (${all}) AS ((${first})${recursive}) ${found}`;
}

function seeds(
  { table, seeds: anyOf }: ClosureMember,
  slots: readonly Slot[],
  context: OwnershipContext,
  seedWays: SeedWays,
): string[] {
  return seedWays(table, 's', { kind: 'references', anyOf }, context).map(
    (way) => `SELECT ${keysOf({ table, alias: 's' }, slots)} FROM ${quoteName(table)} s WHERE ${way}`,
  );
}

function step(
  { table }: ClosureMember,
  link: Link,
  slots: readonly Slot[],
  context: OwnershipContext,
): string {
  const { names } = slotOf(slots, link.parent, link.parentColumns);
  const child = { table, alias: 'c', columns: link.columns };
  // The parent's keys stand in `own` under other names; they are of the parent's columns' types.
  const renamed = link.parentColumns.map(quoteName);
  const parent = { table: link.parent, alias: 'o', columns: link.parentColumns };
  const keys = `(SELECT ${names.map((name, at) => `own.${name} AS ${renamed[at] ?? name}`).join(', ')}) o`;
  const given = whenSql(table, 'c', link, context.columns);
  return `SELECT ${keysOf({ table, alias: 'c' }, slots)} FROM ${keys}
    JOIN ${quoteName(table)} c ON ${given}${joined(child, parent, context.columns)}`;
}

/** The keys of one table's row, and a typed NULL for those of the others. */
function keysOf(row: { table: string; alias: string } | null, slots: readonly Slot[]): string {
  const typed = (table: string, name: string) =>
    `(SELECT ${quoteName(name)} FROM ${quoteName(table)} LIMIT 0)`;
  return slots
    .flatMap((slot) =>
      slot.columns.map((name) =>
        slot.table === row?.table ? column(row.alias, name) : typed(slot.table, name),
      ),
    )
    .join(', ');
}
