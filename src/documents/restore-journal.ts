import { z } from 'zod';

/**
 * How far the switch of documents is. `staging`: not complete. `ready`: complete, nothing moved. `switching`: from the
 * first rename on until it is known what became of the rows. `kept`: over, and one half is the undo.
 */
export const restoreJournal = z.object({
  state: z.enum(['staging', 'ready', 'switching', 'kept']),
  /** The half that is put in place by the switch under way; when `kept`, by putting back. */
  from: z.enum(['new', 'old']),
  /** The names of the folders that take part. */
  folders: z.array(z.string()),
  /** The rows' undo that this one goes with; null before there is one. */
  undo: z.string().nullable(),
  /** Of the switch under way: by what to tell whether the rows were exchanged. */
  rows: z
    .object({
      /** The rows' undos before it. */
      undos: z.array(z.string()),
      incarnation: z.string().nullable(),
      keepNothing: z.boolean(),
    })
    .nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
});

export type RestoreJournal = z.infer<typeof restoreJournal>;
export type RowsBefore = NonNullable<RestoreJournal['rows']>;

/** What there is of the rows after they were recovered. */
export interface RowsNow {
  undos: readonly string[];
  broughtForward: readonly string[];
  incarnation: string | null;
}

/**
 * Whether the rows were exchanged since `before`. An undo that is new tells it, unless the engine can tell that live is what
 * it was (SQLite copies live into the undo first). With nothing kept there is no undo; where the engine cannot tell, one that
 * was brought forward does.
 */
export function wereExchanged(before: RowsBefore, now: RowsNow): boolean {
  const canTell = before.incarnation !== null || now.incarnation !== null;
  const changed = before.incarnation !== now.incarnation;
  if (before.keepNothing) return now.broughtForward.length > 0 || (canTell && changed);
  return newUndo(before, now) !== null && (!canTell || changed);
}

export function newUndo({ undos }: RowsBefore, now: RowsNow): string | null {
  return now.undos.find((undo) => !undos.includes(undo)) ?? null;
}
