import { DomainError } from '../common/errors.js';
import { needsRewrite } from './apply-changes.js';
import type { PlannedChanges } from './refusals.js';
import { writesRows } from './trigger-body.js';

/**
 * A trigger could write rows of others while we write ours. One that only sets NEW values is checked by the re-read, one
 * on UPDATE never fires: a row that has changed is removed and inserted. Throws DomainError `conflict`.
 */
export function refuseTriggers(tables: readonly PlannedChanges[], routines: readonly string[]): void {
  const writing = tables
    .filter(({ changes }) => needsRewrite(changes))
    .flatMap(({ table }) =>
      table.triggers
        .filter(({ event, body }) => event !== 'UPDATE' && writesRows(body, routines))
        .map((trigger) => `${trigger.name} on ${table.name}`),
    );
  if (writing.length === 0) return;
  throw new DomainError(
    'conflict',
    `The restore would fire triggers that write to tables, or call routines that may: ${writing.join(', ')}. Drop ` +
      'them for the time of the restore. Nothing was changed.',
  );
}
