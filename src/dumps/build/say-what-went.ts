import type { BuiltFacts } from '../../catalog/dump.types.js';
import { DomainError } from '../../common/errors.js';
import type { DumpContents } from '../../engines/engine.types.js';
import type { ColumnOfTable } from '../../engines/rows.types.js';
import type { ReductionPlan } from './plan-reduction.js';

const nameOf = ({ table, column }: ColumnOfTable) => `${table}.${column}`;

/** What people must know of a dump that was built: names only. */
export function sayWhatWent(
  backup: string,
  { tables, undecided, leftOut, gone }: ReductionPlan,
  from: DumpContents,
  made: DumpContents,
  notes: readonly string[],
): BuiltFacts {
  const parts: [string, readonly string[]][] = [
    ['views', from.views],
    ['triggers', from.triggers],
    ['routines', from.routines],
    ['events', from.events],
  ];
  const without = parts
    .filter(([, names]) => names.length > 0)
    .map(
      ([kind, names]) =>
        `Not in it, since they could tell of what is hidden: the ${kind} ${names.join(', ')}.`,
    );
  return {
    backup,
    tables: Object.fromEntries(made.tables.map(({ name, rows }) => [name, rows])),
    masked: tables.flatMap(({ name: table, masks }) => masks.map(({ column }) => nameOf({ table, column }))),
    dropped: tables.flatMap(({ name: table, drop }) => drop.map((column) => nameOf({ table, column }))),
    leftOut,
    notes: [
      ...undecided.map((column) => `Nobody has decided on ${nameOf(column)}: it was dropped.`),
      ...gone.map((name) => `The policy names ${name}, which is not in the backup.`),
      ...notes,
      ...without,
    ],
  };
}

/** Throws DomainError `dump-leak`, which names columns and places, and no value. */
export function refuseLeaks(
  found: ReadonlyMap<number, ReadonlySet<string>>,
  hidden: readonly ColumnOfTable[],
): void {
  if (found.size === 0) return;
  const leaks = [...found].flatMap(([at, places]) => {
    const column = hidden[at];
    if (!column) return [];
    return `${nameOf(column)}${places.size > 0 ? ` (in ${[...places].join(', ')})` : ''}`;
  });
  throw new DomainError(
    'dump-leak',
    `Values of hidden columns stand elsewhere in the dump, so it was thrown away: ${leaks.join('; ')}. Mask or drop the ` +
      'columns where they stand, too; or, where that tells nobody anything, let them stand: {"drop":true,"elsewhere":true}, ' +
      'or "elsewhere":true beside the mask.',
  );
}
