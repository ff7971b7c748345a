import { inParts } from '../../../common/in-parts.js';
import { type Member, type Slot, slotOf, slotsOf } from '../../closure-slots.js';
import type { ClosureMember, Link, Ownership } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { OwnershipContext } from './ownership-context.js';
import { comparisons, keyOf, type KeyComparison, referringOf } from './key-comparison.js';
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
 * for each member's keys, NULL in the rows of the others. Every part of it locks what it reads, if asked to. `compared`: with
 * what refers to them.
 */
export function closureKeys(
  { closure, table, columns }: Member,
  context: OwnershipContext,
  seedWays: SeedWays,
  compared: readonly KeyComparison[] = [],
): string {
  const slots = slotsOf(closure);
  const { names } = slotOf(slots, table, columns);
  const all = slots.flatMap((slot) => slot.names).join(', ');
  const parts = [
    ...closure.members.flatMap((member) => seeds(member, slots, context, seedWays)),
    ...steps(closure.members, slots, context),
  ];
  const keys = names.map((name, at) => keyOf(compared[at], name));
  const found = `SELECT ${keys.join(', ')} FROM own WHERE ${names[0] ?? ''} IS NOT NULL${context.locking}`;
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
  const typed = ({ table }: Slot, column: string) =>
    `(SELECT ${quoteName(column)} FROM ${quoteName(table)} LIMIT 0)`;
  const list = columnsOf(slots, (slot, column) =>
    slot.table === member.table ? `s.${quoteName(column)}` : typed(slot, column),
  );
  return seedWays(member.table, 's', owner, context).map(
    (way) => `(SELECT ${list} FROM ${quoteName(member.table)} s WHERE ${way}${context.locking})`,
  );
}

/**
 * MariaDB takes several times the memory for each part that goes on from `own`: gigabytes for ten. So there are few of them.
 */
const mostParts = 4;

interface Step {
  member: ClosureMember;
  link: Link;
}

function steps(
  members: readonly ClosureMember[],
  slots: readonly Slot[],
  context: OwnershipContext,
): string[] {
  const all = members.flatMap((member) => member.steps.map((link) => ({ member, link })));
  return inParts(all, Math.ceil(all.length / mostParts)).map((some) =>
    some.length === 1 ? oneStep(some, slots, context) : severalSteps(some, slots, context),
  );
}

function oneStep(some: readonly Step[], slots: readonly Slot[], context: OwnershipContext): string {
  const joined = some.map((step) => `JOIN ${joinedTable(step, 0, slots, context)}`);
  return `(SELECT ${reached(some, slots)} FROM own ${joined.join(' ')}${context.locking})`;
}

/** For each row of `own` one row of each way, which has found something by one of the steps, or nothing at all. */
function severalSteps(some: readonly Step[], slots: readonly Slot[], context: OwnershipContext): string {
  const ways = some.map((_step, at) => `SELECT ${at} AS n`).join(' UNION ALL ');
  const joined = some.map(
    (step, at) => `LEFT JOIN ${joinedTable(step, at, slots, context)} AND way.n = ${at}`,
  );
  return `(SELECT ${reached(some, slots)} FROM own JOIN (${ways}) way ${joined.join(' ')}${context.locking})`;
}

function joinedTable(
  { member, link }: Step,
  at: number,
  slots: readonly Slot[],
  context: OwnershipContext,
): string {
  const { names } = slotOf(slots, link.parent, link.parentColumns);
  const compared = comparisons(member.table, link, context.columns);
  const pairs = link.columns.map(
    (name, index) =>
      `${referringOf(compared[index], `c${at}.${quoteName(name)}`)} = ${keyOf(compared[index], `own.${names[index] ?? ''}`)}`,
  );
  const given = whenSql(member.table, `c${at}`, link, context.columns);
  return `${quoteName(member.table)} c${at} ON ${given}${pairs.join(' AND ')}`;
}

/** Of the joined tables, only one has a row. */
function reached(some: readonly Step[], slots: readonly Slot[]): string {
  return columnsOf(slots, ({ table }, column) => {
    const found = some.flatMap(({ member }, at) =>
      member.table === table ? [`c${at}.${quoteName(column)}`] : [],
    );
    if (found.length < 2) return found[0] ?? 'NULL';
    return `COALESCE(${found.join(', ')})`;
  });
}

function columnsOf(slots: readonly Slot[], write: (slot: Slot, column: string) => string): string {
  return slots.flatMap((slot) => slot.columns.map((column) => write(slot, column))).join(', ');
}
