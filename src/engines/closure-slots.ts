import type { Closure, Ownership } from './rows.types.js';

export type Member = Extract<Ownership, { kind: 'member' }>;

/** Some columns of a member's rows, and what they are called in the expression that finds the closure. */
export interface Slot {
  table: string;
  columns: string[];
  names: string[];
}

/** A closure is one recursive expression with columns of their own for each member's keys, NULL in others' rows. */
export function slotsOf({ members }: Closure): Slot[] {
  return members
    .flatMap(({ table, referenced }) => referenced.map((columns) => ({ table, columns })))
    .map((slot, at) => ({ ...slot, names: slot.columns.map((_, index) => `k${at}_${index}`) }));
}

export function slotOf(slots: readonly Slot[], table: string, columns: readonly string[]): Slot {
  const slot = slots.find((one) => one.table === table && one.columns.join() === columns.join());
  if (!slot) throw new Error(`The closure does not know ${table} by ${columns.join(', ')}`);
  return slot;
}
