import type { JobFault } from '../jobs/jobs.types.js';
import { ScopeState } from './scope-state.entity.js';
import { afterBackup, type BackupOutcome } from './transitions.js';

const error: JobFault = { code: 'dump-failed', detail: 'The dump tool was killed.' };
const failed: BackupOutcome = { ok: false, error };
const made = (filename: string): BackupOutcome => ({
  ok: true,
  made: { id: filename, filename, size: 1000, ms: 1500 },
});

const begin = (): ScopeState =>
  Object.assign(new ScopeState(), {
    failures: 0,
    failingSince: null,
    toldAt: null,
    succeededTotal: 0,
    failedTotal: 0,
    msTotal: 0,
    bytesTotal: 0,
  });

/** Lets outcomes happen at minutes after midnight; returns what was told at each, and the state at the end. */
function story(...outcomes: [minute: number, outcome: BackupOutcome][]) {
  const state = begin();
  const told = outcomes.map(([minute, outcome]) => {
    const at = new Date(Date.UTC(2026, 0, 1, 0, minute));
    const { changes, events } = afterBackup(state, outcome, at);
    Object.assign(state, changes);
    return events.map(({ type }) => type).filter((type) => type !== 'backup.succeeded');
  });
  return { state, told };
}

describe('What is told of backups', () => {
  it('is the first failure, and the first success after it', () => {
    const { told } = story([0, made('a')], [1, failed], [2, made('b')], [3, made('c')]);
    expect(told).toEqual([[], ['backup.failed'], ['backup.recovered'], []]);
  });

  it('is a failure that goes on once an hour, with how many there were', () => {
    const { told, state } = story([0, failed], [30, failed], [59, failed], [60, failed], [90, failed]);
    expect(told).toEqual([['backup.failed'], [], [], ['backup.failed'], []]);
    expect(state).toMatchObject({ failures: 5, failedTotal: 5 });
    const { events } = afterBackup(state, failed, new Date(Date.UTC(2026, 0, 1, 2, 0)));
    expect(events).toEqual([
      {
        type: 'backup.failed',
        message: expect.stringContaining('failure number 6 since 2026-01-01T00:00:00.000Z'),
        details: { error, failures: 6, failing_since: '2026-01-01T00:00:00.000Z' },
      },
    ]);
  });

  it('is a new failure at once, however soon after a recovery', () => {
    const { told } = story([0, failed], [1, made('a')], [2, failed]);
    expect(told).toEqual([['backup.failed'], ['backup.recovered'], ['backup.failed']]);
  });

  it('is nothing of a backup that was not made of live: it neither recovers nor counts', () => {
    const { told, state } = story([0, failed], [1, { ok: true, made: null }], [2, made('a')]);
    expect(told).toEqual([['backup.failed'], [], ['backup.recovered']]);
    expect(state.succeededTotal).toBe(1);
  });

  it('adds up how long they took and how large they were', () => {
    const { state } = story([0, made('a')], [1, made('b')]);
    expect(state).toMatchObject({
      succeededTotal: 2,
      msTotal: 3000,
      bytesTotal: 2000,
      lastMs: 1500,
      lastBytes: 1000,
      lastSuccessAt: new Date('2026-01-01T00:01:00Z'),
    });
  });
});
