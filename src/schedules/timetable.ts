import { Cron } from './cron.js';
import { jitterMs } from './jitter.js';

/** What decides when a schedule runs. */
export interface Timetable {
  id: string;
  cron: string;
  zone: string;
  jitterSeconds: number;
  /** Whether what was missed is made up for, once. */
  catchUp: boolean;
  /** The occurrence that is waited for, without its jitter. */
  nextRun: Date;
  /** The last occurrence that was dealt with. */
  lastPlanned: Date | null;
}

/**
 * What has to be done about a schedule. `run`: start `planned`, and wait for `next`. `miss`: `planned` came when nobody was
 * there, and is not made up for. `move`: wait for `next` instead, nothing is due.
 */
export type Turn = { kind: 'run' | 'miss'; planned: Date; next: Date } | { kind: 'move'; next: Date };

/** Who begins later than this has missed it. */
export const graceMs = 5 * 60_000;

/** A last occurrence that lies further ahead tells that the clock was set back. */
export const clockSetBackMs = 2 * 3_600_000;

/** When an occurrence begins. */
export function dueAt(timetable: Pick<Timetable, 'id' | 'jitterSeconds'>, planned: Date): Date {
  return later(planned, jitterMs(timetable.id, planned, timetable.jitterSeconds));
}

/** Null: there is nothing to do now. */
export function turnOf(timetable: Timetable, now: Date): Turn | null {
  const { nextRun: planned, lastPlanned, catchUp, jitterSeconds } = timetable;
  const due = dueAt(timetable, planned);
  const after = (instant: Date) => Cron.known(timetable.cron).next(instant, timetable.zone);
  if (due > now) {
    // Without this, a clock that was a year ahead for a minute would silence the schedule for a year.
    if (lastPlanned === null || lastPlanned <= later(now, clockSetBackMs)) return null;
    const next = after(now);
    return next < planned ? { kind: 'move', next } : null;
  }
  const isDone = lastPlanned !== null && planned <= lastPlanned && lastPlanned <= now;
  if (isDone) return { kind: 'move', next: after(now) };
  if (!catchUp && due < later(now, -graceMs)) {
    // What has just become due may still be in time.
    const inTime = later(now, -graceMs - jitterSeconds * 1000);
    return { kind: 'miss', planned, next: after(inTime > planned ? inTime : planned) };
  }
  return { kind: 'run', planned, next: after(now) };
}

/** The first occurrences from the one that is waited for, each when it begins. */
export function nextRuns(timetable: Timetable, count: number): Date[] {
  const cron = Cron.known(timetable.cron);
  const runs: Date[] = [];
  for (let planned = timetable.nextRun; runs.length < count; planned = cron.next(planned, timetable.zone)) {
    runs.push(dueAt(timetable, planned));
  }
  return runs;
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
