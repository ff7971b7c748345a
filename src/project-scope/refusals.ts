import { DomainError } from '../common/errors.js';
import type { Cell, RowReader } from '../engines/rows.types.js';
import type { TableChanges } from './diff-table.js';
import { refuseLeaks } from './leaks.js';
import type { OwnedTable, ScopePlan } from './scope-plan.types.js';

/** What a restore would change in a table. */
export interface PlannedChanges {
  table: OwnedTable;
  changes: TableChanges;
}

/** Throws DomainError `conflict` when a rollback would not cover every table. */
export function mustBeTransactional({ owned }: Pick<ScopePlan, 'owned'>): void {
  const loose = owned.filter(({ transactional }) => !transactional).map(({ name }) => name);
  if (loose.length === 0) return;
  throw new DomainError(
    'conflict',
    `The tables ${loose.join(', ')} have no transactions, so a restore could not be undone when it fails. Convert ` +
      'them to InnoDB first.',
  );
}

/**
 * Rows that belong to two projects are put right when the backup has them. When it does not, and any of several ways
 * makes a row belong, nobody can tell whose row would be removed. Throws DomainError `scope-leak`.
 */
export async function refuseSharedRemovals(
  reader: RowReader,
  tables: readonly PlannedChanges[],
  rootKey: Cell,
): Promise<void> {
  if (!tables.some(({ changes }) => changes.removed > 0)) return;
  const ambiguous = tables
    .map(({ table }) => table)
    .filter(({ owner }) => owner.kind === 'references' && owner.anyOf.length > 1);
  const advice = 'The restore could remove rows of the other one. Nothing was changed; correct them first.';
  await refuseLeaks(reader, ambiguous, rootKey, advice);
}
