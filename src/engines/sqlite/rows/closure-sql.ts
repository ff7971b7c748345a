import { type Member, type Slot, slotOf, slotsOf } from '../../closure-slots.js';
import type { Cell, ClosureMember, Link, Ownership } from '../../rows.types.js';
import { type Collate } from './key-collations.js';
import { quoteName } from './quote-name.js';

/** The condition that the row `t0` belongs (row-sql.ts). */
export type SeedCondition = (owner: Ownership) => string;

/**
 * A SELECT of the keys that a closure finds for one of its members: one recursive expression with columns of their own
 * for each member's keys, NULL in the rows of the others.
 */
export function closureKeys(
  { closure, table, columns }: Member,
  condition: SeedCondition,
  collate: Collate,
): string {
  const slots = slotsOf(closure);
  const { names } = slotOf(slots, table, columns);
  const all = slots.flatMap((slot) => slot.names).join(', ');
  const parts = [
    ...closure.members.map((member) => seed(member, slots, condition)),
    ...closure.members.flatMap((member) => steps(member, slots, collate)),
  ];
  const found = `SELECT ${names.join(', ')} FROM own WHERE ${names[0] ?? ''} IS NOT NULL`;
  return `WITH RECURSIVE own (${all}) AS (${parts.join(' UNION ')}) ${found}`;
}

/** The condition under which a link counts, followed by AND; nothing when it always does. */
export function whenSql(alias: string, { when }: Link): string {
  return when ? `${alias}.${quoteName(when.column)} = ${literal(when.value)} AND ` : '';
}

function seed({ table, seeds }: ClosureMember, slots: readonly Slot[], condition: SeedCondition): string {
  const owned = condition({ kind: 'references', anyOf: seeds });
  return `SELECT ${listOf(slots, table, 't0')} FROM ${quoteName(table)} AS t0 WHERE ${owned}`;
}

function steps(member: ClosureMember, slots: readonly Slot[], collate: Collate): string[] {
  return member.steps.map((link) => {
    const { names } = slotOf(slots, link.parent, link.parentColumns);
    const joined = link.columns.map((name, index) => {
      const referring = `c.${quoteName(name)}${collate(link.parent, link.parentColumns[index] ?? '')}`;
      return `${referring} = own.${names[index] ?? ''}`;
    });
    const on = whenSql('c', link) + joined.join(' AND ');
    const list = listOf(slots, member.table, 'c');
    return `SELECT ${list} FROM own JOIN ${quoteName(member.table)} AS c ON ${on}`;
  });
}

function listOf(slots: readonly Slot[], table: string, alias: string): string {
  return slots
    .flatMap((slot) =>
      slot.columns.map((column) => (slot.table === table ? `${alias}.${quoteName(column)}` : 'NULL')),
    )
    .join(', ');
}

function literal(value: Cell): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if ('$bytes' in value) return `x'${Buffer.from(value.$bytes, 'base64').toString('hex')}'`;
  return '$int' in value ? value.$int : value.$real;
}
