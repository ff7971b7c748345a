import { tuple } from '../../sql-conditions.js';
import { refersToRootKey } from '../../ownership-walk.js';
import type { Ownership, Reference } from '../../rows.types.js';
import { quoteName } from '../connection.js';
import type { Member } from '../../closure-slots.js';
import type { OwnershipContext } from './ownership-context.js';
import { closureKeys, type SeedWays } from './closure-sql.js';
import { comparisons, keyOf, type KeyComparison, referringOf } from './key-comparison.js';
import { whenSql } from './when-sql.js';

/**
 * One condition on the row `alias` for each way in which it can belong to the project; the row belongs if any holds.
 *
 * Each is a chain of `IN (SELECT ...)` without OR: both servers turn such a chain into a join that begins at the root
 * key and goes down by the indexes of the foreign keys. An OR in it makes them read whole tables.
 *
 * Locks are asked for in each subquery, too: without, a locking statement finds its way through the transaction's old
 * snapshot and misses rows whose parents were committed since.
 */
export function ownershipWays(
  table: string,
  alias: string,
  owner: Ownership,
  context: OwnershipContext,
  depth = 0,
): string[] {
  if (owner.kind === 'everybody') return ['TRUE'];
  if (owner.kind === 'root') return [isRootKey(table, alias, owner.column, context)];
  if (owner.kind === 'member') return [isMember(table, alias, owner.columns, owner, context)];
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
  const [column] = columns;
  const compared = comparisons(table, reference, context.columns);
  const given = whenSql(table, alias, reference, context.columns);
  if (column !== undefined && columns.length === 1 && refersToRootKey(reference)) {
    return [given + isRootKey(table, alias, column, context, compared[0])];
  }
  if (parentOwner.kind === 'member') return [given + isMember(table, alias, columns, parentOwner, context)];
  const up = `p${depth}`;
  const found = parentColumns.map((name, at) => keyOf(compared[at], `${up}.${quoteName(name)}`)).join(', ');
  const referring = tuple(
    columns.map((name, at) => referringOf(compared[at], `${alias}.${quoteName(name)}`)),
  );
  return ownershipWays(parent, up, parentOwner, context, depth + 1).map(
    (way) =>
      `${given}${referring} IN (SELECT ${found} FROM ${quoteName(parent)} ${up} WHERE ${way}${context.locking})`,
  );
}

/** The ways of the rows with which a closure begins. */
const seeds: SeedWays = (table, alias, owner, context) => ownershipWays(table, alias, owner, context);

function isMember(
  table: string,
  alias: string,
  columns: readonly string[],
  member: Member,
  context: OwnershipContext,
): string {
  const link = { columns: [...columns], parent: member.table, parentColumns: member.columns };
  const compared = comparisons(table, link, context.columns);
  const referring = columns.map((name, at) => referringOf(compared[at], `${alias}.${quoteName(name)}`));
  return `${tuple(referring)} IN (${closureKeys(member, context, seeds, compared)})`;
}

function isRootKey(
  table: string,
  alias: string,
  name: string,
  { columns, rootKey }: OwnershipContext,
  compared?: KeyComparison,
): string {
  const literal = rootKey === null ? undefined : columns(table).compared(name, rootKey);
  if (literal === undefined) return 'FALSE';
  const column = `${alias}.${quoteName(name)}`;
  // A number's literal is made for the column as it is.
  const isText = columns(table).text(name) !== null;
  return `${isText ? referringOf(compared, column) : column} = ${literal}`;
}
