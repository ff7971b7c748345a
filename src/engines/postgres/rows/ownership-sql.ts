import { refersToRootKey } from '../../ownership-walk.js';
import type { Member } from '../../closure-slots.js';
import type { Ownership, Reference } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import { closureKeys, type SeedWays } from './closure-sql.js';
import { among, type Side } from './comparison-sql.js';
import { type OwnershipContext, whenSql } from './when-sql.js';

/**
 * One condition on the row `alias` for each way in which it can belong to the project; the row belongs if any holds.
 * Each is a chain of `IN (SELECT ...)` without OR, which the planner turns into a join that begins at the root key.
 */
export function ownershipWays(
  table: string,
  alias: string,
  owner: Ownership,
  context: OwnershipContext,
  depth = 0,
): string[] {
  if (owner.kind === 'root') return [isRootKey(table, alias, owner.column, context)];
  if (owner.kind === 'everybody') return ['TRUE'];
  if (owner.kind === 'member') return [isMember({ table, alias, columns: owner.columns }, owner, context)];
  return owner.anyOf.flatMap((reference) => waysOf(table, alias, reference, context, depth));
}

function waysOf(
  table: string,
  alias: string,
  reference: Reference,
  context: OwnershipContext,
  depth: number,
): string[] {
  const { columns, parent, parentColumns, parentOwner } = reference;
  const [first] = columns;
  const given = whenSql(table, alias, reference, context.columns);
  if (first !== undefined && columns.length === 1 && refersToRootKey(reference)) {
    const collation = context.columns(parent).collation(parentColumns[0] ?? '');
    return [given + isRootKey(table, alias, first, context, collation)];
  }
  const side = { table, alias, columns };
  if (parentOwner.kind === 'member') return [given + isMember(side, parentOwner, context)];
  const up: Side = { table: parent, alias: `p${depth}`, columns: parentColumns };
  return ownershipWays(parent, up.alias, parentOwner, context, depth + 1).map((way) => {
    const from = `FROM ${quoteName(parent)} ${up.alias} WHERE ${way}`;
    return given + among(side, up, from, context.columns);
  });
}

/** The ways of the rows with which a closure begins. */
const seeds: SeedWays = (table, alias, owner, context) => ownershipWays(table, alias, owner, context);

function isMember(side: Side, member: Member, context: OwnershipContext): string {
  // The keys stand under the member's own columns, whose families tell how they are compared.
  const found: Side = { table: member.table, alias: 'm', columns: member.columns };
  const renamed = member.columns.map(quoteName).join(', ');
  return among(side, found, `FROM (${closureKeys(member, context, seeds)}) m (${renamed})`, context.columns);
}

function isRootKey(
  table: string,
  alias: string,
  name: string,
  { columns, rootKey }: OwnershipContext,
  collation?: string | null,
): string {
  return rootKey === null ? 'FALSE' : columns(table).equals(alias, name, rootKey, collation);
}
