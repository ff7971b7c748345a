import { type Member, type Slot, slotOf, slotsOf } from '../../closure-slots.js';
import type { ClosureMember, Ownership } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { OwnershipContext } from './ownership-context.js';
import { whenSql } from './when-sql.js';

/** One condition on the row `alias` for each way in which it belongs (ownership-sql.ts). */
export type SeedWays = (
  table: string,
  alias: string,
  owner: Ownership,
  context: OwnershipContext,
) => string[];

/**
 * A SELECT of the keys that a closure finds for one of its members: one recursive expression with columns of their own
 * for each member's keys, NULL in the rows of the others. Every part of it locks what it reads, if asked to.
 */
export function closureKeys(
  { closure, table, columns }: Member,
  context: OwnershipContext,
  seedWays: SeedWays,
): string {
  const slots = slotsOf(closure);
  const { names } = slotOf(slots, table, columns);
  const all = slots.flatMap((slot) => slot.names).join(', ');
  const parts = [
    ...closure.members.flatMap((member) => seeds(member, slots, context, seedWays)),
    ...closure.members.flatMap((member) => steps(member, slots, context)),
  ];
  const found = `SELECT ${names.join(', ')} FROM own WHERE ${names[0] ?? ''} IS NOT NULL${context.locking}`;
  return `WITH RECURSIVE own (${all}) AS (${parts.join(' UNION ')}) ${found}`;
}

function seeds(
  member: ClosureMember,
  slots: readonly Slot[],
  context: OwnershipContext,
  seedWays: SeedWays,
): string[] {
  const owner: Ownership = { kind: 'references', anyOf: member.seeds };
  // The types of the expression's columns are those of its first parts, and NULL has none of its own.
  const typed = (table: string, column: string) =>
    `(SELECT ${quoteName(column)} FROM ${quoteName(table)} LIMIT 0)`;
  const list = listOf(slots, member.table, 's', typed);
  return seedWays(member.table, 's', owner, context).map(
    (way) => `(SELECT ${list} FROM ${quoteName(member.table)} s WHERE ${way}${context.locking})`,
  );
}

function steps(member: ClosureMember, slots: readonly Slot[], context: OwnershipContext): string[] {
  const list = listOf(slots, member.table, 'c', () => 'NULL');
  return member.steps.map((link) => {
    const { names } = slotOf(slots, link.parent, link.parentColumns);
    const joined = link.columns.map((name, index) => `c.${quoteName(name)} = own.${names[index] ?? ''}`);
    const given = whenSql(member.table, 'c', link, context.columns);
    const on = given + joined.join(' AND ');
    return `(SELECT ${list} FROM own JOIN ${quoteName(member.table)} c ON ${on}${context.locking})`;
  });
}

function listOf(
  slots: readonly Slot[],
  table: string,
  alias: string,
  nothing: (table: string, column: string) => string,
): string {
  return slots
    .flatMap((slot) =>
      slot.columns.map((column) =>
        slot.table === table ? `${alias}.${quoteName(column)}` : nothing(slot.table, column),
      ),
    )
    .join(', ');
}
