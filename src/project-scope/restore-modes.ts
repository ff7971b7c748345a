import type { FoundChanges, TableChanges } from './diff-table.js';

/**
 * `exact`: the project becomes what it was. `undelete`: rows that are gone come back; nothing else is touched.
 * `overwrite`: what the backup holds is as it was; rows that came since stay.
 */
export const restoreModes = ['exact', 'undelete', 'overwrite'] as const;
export type RestoreMode = (typeof restoreModes)[number];

/** How a row of the live project differs from the backup's. */
export type Difference = 'added' | 'changed' | 'removed';

const done: Record<RestoreMode, readonly Difference[]> = {
  exact: ['added', 'changed', 'removed'],
  undelete: ['added'],
  overwrite: ['added', 'changed'],
};

export function touches(mode: RestoreMode, difference: Difference): boolean {
  return done[mode].includes(difference);
}

/** Of the rows to come, `orphans` stand there already. */
export function adopted(found: FoundChanges, orphans: number): FoundChanges {
  return { ...found, added: found.added - orphans, unchanged: found.unchanged + orphans };
}

/** What a restore does, of what differs; `left` are the rows that it leaves as they are though they differ. */
export function effectOf(mode: RestoreMode, found: FoundChanges): TableChanges {
  const part = (difference: Difference) => (touches(mode, difference) ? found[difference] : 0);
  const effect = { added: part('added'), changed: part('changed'), removed: part('removed') };
  const left = found.changed - effect.changed + found.removed - effect.removed;
  const rows = found.added + found.changed + found.unchanged;
  return { ...effect, unchanged: found.unchanged, left, rows };
}
