import { DateTime } from 'luxon';
import { type Candidate, plan } from '../retention/plan.js';
import { policiesOf } from '../retention/policy.js';
import type { RetentionRules } from '../retention/retention.types.js';
import { dueAt, type Timetable, type Turn, turnOf } from './timetable.js';

const zone = 'Europe/Oslo';
const stepMs = 30 * 60_000;
const oslo = (text: string) => DateTime.fromISO(text, { zone }).toJSDate();

/**
 * The year 2026 in Oslo, half hour by half hour. Two processes share the schedules, and both have read what is due before
 * either of them takes it. From 10 June, 00:00, to 13 June, 12:00, no process runs.
 */
const off = { from: oslo('2026-06-10T00:00'), until: oslo('2026-06-13T12:00') };

/**
 * What has to come of it. `29 Mar` has no 02:30, `25 Oct` has it twice; 2026 has 365 days and 8760 hours, of which
 * 4 occurrences of the daily and 85 of the hourly schedule fall into the time without a process, made up for by one each.
 */
const expected = {
  daily: {
    runs: 365 - 4 + 1,
    inSpring: ['28 Mar 02:30 +01:00', '29 Mar 03:00 +02:00', '30 Mar 02:30 +02:00'],
    inAutumn: ['24 Oct 02:30 +02:00', '25 Oct 02:30 +02:00', '26 Oct 02:30 +01:00'],
    aroundThePause: ['09 Jun 02:30 +02:00', '13 Jun 12:00 +02:00', '14 Jun 02:30 +02:00'],
    keptAfterThePause: {
      daily: ['13 Jun 12:00', '09 Jun 02:30', '08 Jun 02:30', '07 Jun 02:30', '06 Jun 02:30'],
      weekly: ['31 May 02:30', '24 May 02:30'],
      monthly: ['30 Apr 02:30', '31 Mar 02:30', '28 Feb 02:30', '31 Jan 02:30'],
    },
    keptAtTheEnd: {
      daily: ['31 Dec 02:30', '30 Dec 02:30', '29 Dec 02:30', '28 Dec 02:30', '27 Dec 02:30'],
      weekly: ['20 Dec 02:30', '13 Dec 02:30'],
      monthly: [
        ['30 Nov 02:30', '31 Oct 02:30', '30 Sep 02:30', '31 Aug 02:30', '31 Jul 02:30', '30 Jun 02:30'],
        ['31 May 02:30', '30 Apr 02:30', '31 Mar 02:30', '28 Feb 02:30', '31 Jan 02:30'],
      ].flat(),
    },
  },
  hourly: {
    runs: 8760 - 85 + 1,
    inSpring: ['29 Mar 01:00 +01:00', '29 Mar 03:00 +02:00', '29 Mar 04:00 +02:00'],
    inAutumn: ['25 Oct 02:00 +02:00', '25 Oct 02:00 +01:00', '25 Oct 03:00 +01:00'],
    aroundThePause: ['09 Jun 23:00 +02:00', '13 Jun 12:00 +02:00', '13 Jun 13:00 +02:00'],
    keptAfterTheRepeatedHour: {
      hourly: ['25 Oct 04:00', '25 Oct 03:00', '25 Oct 02:00', '25 Oct 02:00'],
      daily: ['24 Oct 23:00', '23 Oct 23:00'],
    },
    keptAtTheEnd: {
      hourly: ['31 Dec 23:00', '31 Dec 22:00', '31 Dec 21:00', '31 Dec 20:00'],
      daily: ['30 Dec 23:00', '29 Dec 23:00'],
    },
  },
};

/** A schedule, its row in the catalogue and its backups, in memory. */
class Model {
  readonly runs: Date[] = [];
  row: Timetable & { nextDue: Date };
  lost = 0;
  #backups: Candidate[] = [];

  constructor(
    cron: string,
    private readonly rules: RetentionRules,
  ) {
    const nextRun = oslo('2026-01-01T00:00');
    const more = { jitterSeconds: 0, catchUp: true, lastPlanned: null };
    const first = { id: cron, cron, zone, nextRun: new Date(nextRun.getTime() - stepMs), ...more };
    // As a schedule that was made a moment before the year.
    const next = turnOf(first, new Date(nextRun.getTime() - 1))?.next ?? nextRun;
    this.row = { ...first, nextRun: next, nextDue: dueAt(first, next) };
  }

  /** As the conditional UPDATE of ScheduleTurns. */
  take(seen: Timetable, turn: Turn): boolean {
    if (this.row.nextRun.getTime() !== seen.nextRun.getTime()) {
      this.lost += 1;
      return false;
    }
    const lastPlanned = turn.kind === 'move' ? this.row.lastPlanned : turn.planned;
    this.row = { ...this.row, nextRun: turn.next, nextDue: dueAt(this.row, turn.next), lastPlanned };
    return true;
  }

  backUp(now: Date): void {
    this.runs.push(now);
    this.#backups.push({
      id: String(this.runs.length),
      ordinal: this.runs.length,
      createdAt: now,
      bytes: 1,
      method: 'periodic',
      level: 'readable',
      fault: null,
      found: false,
      pinned: false,
      keepUntil: null,
      inUse: false,
      copying: false,
      copied: 'no' as const,
    });
    const decisions = plan(this.#backups, policiesOf(20, [{ name: 'it', zone, rules: this.rules }]), now);
    const removed = new Set(decisions.filter(({ action }) => action === 'remove').map(({ id }) => id));
    this.#backups = this.#backups.filter(({ id }) => !removed.has(id));
  }

  /** Newest first. */
  kept(): string[] {
    return this.#backups.map(({ createdAt }) => onWall(createdAt, 'dd LLL HH:mm')).reverse();
  }

  around(...days: string[]): string[] {
    return this.runs
      .map((run) => onWall(run, 'dd LLL HH:mm ZZ'))
      .filter((run) => days.some((day) => run.startsWith(day)));
  }
}

function onWall(instant: Date, format: string): string {
  return DateTime.fromJSDate(instant, { zone }).setLocale('en').toFormat(format);
}

describe('a year of schedules and retention, across both clock changes', () => {
  const daily = new Model('30 2 * * *', { keepDaily: 5, keepWeekly: 4, keepMonthly: 12 });
  const hourly = new Model('0 * * * *', { keepHourly: 4, keepDaily: 3 });
  const seen: Record<string, string[]> = {};

  beforeAll(() => {
    const end = oslo('2027-01-01T00:00');
    for (let now = oslo('2026-01-01T00:00'); now < end; now = new Date(now.getTime() + stepMs)) {
      if (now >= off.from && now < off.until) continue;
      for (const model of [daily, hourly]) {
        const row = model.row;
        const turn = row.nextDue <= now ? turnOf(row, now) : null;
        if (!turn) continue;
        const taken = [row, row].filter((seenByOne) => model.take(seenByOne, turn));
        if (turn.kind === 'run') taken.forEach(() => model.backUp(now));
      }
      if (now.getTime() === off.until.getTime()) seen['pause'] = daily.kept();
      if (now.getTime() === oslo('2026-10-25T04:00').getTime()) seen['repeated'] = hourly.kept();
    }
  });

  it('runs each day and each hour that there is, once, whichever process comes first', () => {
    expect([daily.runs.length, daily.lost]).toEqual([expected.daily.runs, expected.daily.runs]);
    expect([hourly.runs.length, hourly.lost]).toEqual([expected.hourly.runs, expected.hourly.runs]);
  });

  it('runs right after the hour that is skipped, and once in the hour that repeats; the hourly one in both', () => {
    expect(daily.around('28 Mar', '29 Mar', '30 Mar')).toEqual(expected.daily.inSpring);
    expect(daily.around('24 Oct', '25 Oct', '26 Oct')).toEqual(expected.daily.inAutumn);
    expect(hourly.around('29 Mar').slice(1, 4)).toEqual(expected.hourly.inSpring);
    expect(hourly.around('25 Oct').slice(2, 5)).toEqual(expected.hourly.inAutumn);
  });

  it('makes up once for three and a half days without a process', () => {
    const pause = ['09 Jun', '10 Jun', '11 Jun', '12 Jun', '13 Jun', '14 Jun'];
    expect(daily.around(...pause)).toEqual(expected.daily.aroundThePause);
    expect(hourly.around(...pause).slice(23, 26)).toEqual(expected.hourly.aroundThePause);
  });

  it('keeps what the table says', () => {
    const flat = (kept: Record<string, string[]>) => Object.values(kept).flat();
    expect(seen['pause']).toEqual(flat(expected.daily.keptAfterThePause));
    expect(daily.kept()).toEqual(flat(expected.daily.keptAtTheEnd));
    expect(seen['repeated']).toEqual(flat(expected.hourly.keptAfterTheRepeatedHour));
    expect(hourly.kept()).toEqual(flat(expected.hourly.keptAtTheEnd));
  });
});
