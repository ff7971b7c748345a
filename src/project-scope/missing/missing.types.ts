import type { Cell, Row } from '../../engines/rows.types.js';

export const remedyWords = ['refuse', 'null', 'skip'] as const;

/**
 * What becomes of rows of a backup that refer to a shared row which is gone. `refuse`: nothing is restored; `null`: the
 * reference becomes null; `skip`: the rows stay out; `use`: they refer to this row instead.
 */
export type Remedy = (typeof remedyWords)[number] | { use: Cell };

/** By reference: `tasks.assignee_id`, or `tasks.a+b` for one of several columns. */
export type Remedies = Readonly<Record<string, Remedy>>;

/** Rows of a backup that refer to rows which no project owns, and which are gone. */
export interface MissingRows {
  /** As `Remedies` names it. */
  reference: string;
  table: string;
  columns: string[];
  referencedTable: string;
  /** Some of the keys that are gone. */
  keys: Row[];
  /** Rows of the backup that refer to them. */
  rows: number;
  /** What a restore does with them. `keep`: nothing; the database does not enforce a reference that only the scope file declares. */
  remedy: Remedy | 'keep';
  /** What else it could do. */
  possible: ('refuse' | 'null' | 'skip' | 'use')[];
}
