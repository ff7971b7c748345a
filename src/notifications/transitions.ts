import type { JobFault } from '../jobs/jobs.types.js';
import type { EventDetails, EventType } from './notifications.types.js';
import type { ScopeState } from './scope-state.entity.js';
import type { ScopeChanges } from './scope-states.service.js';

/** How often somebody is told of a scope whose backups go on failing. */
export const remindEveryMs = 3_600_000;

/** A backup that ended. `made` is null when what it made says nothing of live: an upload, an extraction. */
export type BackupOutcome =
  | { ok: true; made: { id: string; filename: string; size: number | null; ms: number } | null }
  | { ok: false; error: JobFault };

export interface Transition {
  changes: ScopeChanges;
  events: { type: EventType; message: string; details: EventDetails }[];
}

/**
 * What the end of a backup changes, and what is worth telling. Decides, and does nothing else. The first failure after a
 * success is told at once, those that follow it at most once an hour, the first success after a failure always.
 */
export function afterBackup(state: ScopeState, outcome: BackupOutcome, at: Date): Transition {
  return outcome.ok ? afterSuccess(state, outcome.made, at) : afterFailure(state, outcome.error, at);
}

function afterFailure(state: ScopeState, error: JobFault, at: Date): Transition {
  const failures = state.failures + 1;
  const since = state.failingSince ?? at;
  const isNews = !state.toldAt || at.getTime() - state.toldAt.getTime() >= remindEveryMs;
  const again = failures === 1 ? '' : ` It is the failure number ${failures} since ${since.toISOString()}.`;
  const details = { error, failures, failing_since: since.toISOString() };
  return {
    changes: {
      failures,
      failingSince: since,
      failedTotal: state.failedTotal + 1,
      lastFailureAt: at,
      ...(isNews && { toldAt: at }),
    },
    events: isNews
      ? [{ type: 'backup.failed', message: `The backup failed: ${error.detail}${again}`, details }]
      : [],
  };
}

function afterSuccess(
  state: ScopeState,
  made: Extract<BackupOutcome, { ok: true }>['made'],
  at: Date,
): Transition {
  if (!made) return { changes: {}, events: [] };
  const { ms, ...facts } = made;
  const backup = { ...facts, seconds: ms / 1000 };
  const events: Transition['events'] = [
    {
      type: 'backup.succeeded',
      message: `The backup ${made.filename} was made and verified.`,
      details: { backup },
    },
  ];
  if (state.failures > 0) {
    const { failures } = state;
    const failing_since = (state.failingSince ?? at).toISOString();
    const times = failures === 1 ? 'once' : `${failures} times`;
    const message = `Backups work again: ${made.filename} was made, after they had failed ${times} since ${failing_since}.`;
    events.push({ type: 'backup.recovered', message, details: { backup, failures, failing_since } });
  }
  return {
    changes: {
      failures: 0,
      failingSince: null,
      toldAt: null,
      succeededTotal: state.succeededTotal + 1,
      msTotal: state.msTotal + ms,
      bytesTotal: state.bytesTotal + (made.size ?? 0),
      lastMs: ms,
      lastBytes: made.size,
      lastSuccessAt: at,
    },
    events,
  };
}
