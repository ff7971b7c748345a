import { jitterMs } from './jitter.js';
import { dueAt, nextRuns, type Timetable, turnOf } from './timetable.js';

const at = (text: string) => new Date(`2026-06-${text}Z`);
const daily: Timetable = {
  id: 'nightly',
  cron: '30 2 * * *',
  zone: 'UTC',
  jitterSeconds: 0,
  catchUp: true,
  nextRun: at('10T02:30:00'),
  lastPlanned: at('09T02:30:00'),
};

describe('the turn of a schedule', () => {
  it('comes when its occurrence has come, not a moment before, and the next one is waited for', () => {
    expect(turnOf(daily, at('10T02:29:59.999'))).toBeNull();
    expect(turnOf(daily, at('10T02:30:00'))).toEqual({
      kind: 'run',
      planned: at('10T02:30:00'),
      next: at('11T02:30:00'),
    });
  });

  it('makes up once for three days in which nobody was there', () => {
    expect(turnOf(daily, at('13T12:00:00'))).toEqual({
      kind: 'run',
      planned: at('10T02:30:00'),
      next: at('14T02:30:00'),
    });
  });

  it('without catching up misses what is five minutes late, and serves what has just become due', () => {
    const strict = { ...daily, catchUp: false };
    expect(turnOf(strict, at('10T02:35:00'))).toMatchObject({ kind: 'run' });
    const late = at('13T02:32:00');
    const missed = turnOf(strict, late);
    expect(missed).toEqual({ kind: 'miss', planned: at('10T02:30:00'), next: at('13T02:30:00') });
    const after = { ...strict, nextRun: at('13T02:30:00'), lastPlanned: at('10T02:30:00') };
    expect(turnOf(after, late)).toMatchObject({ kind: 'run', next: at('14T02:30:00') });
    expect(turnOf(after, at('13T02:35:01'))).toMatchObject({ kind: 'miss', next: at('14T02:30:00') });
  });

  it('waits for its jitter, which is the same wherever it is asked for', () => {
    const jittered = { ...daily, jitterSeconds: 600 };
    const jitter = jitterMs('nightly', daily.nextRun, 600);
    expect(jitter).toBe(jitterMs('nightly', at('10T02:30:00'), 600));
    expect(jitter % 1000).toBe(0);
    expect(jitter).toBeGreaterThan(0);
    expect(dueAt(jittered, daily.nextRun).getTime()).toBe(daily.nextRun.getTime() + jitter);
    expect(turnOf(jittered, at('10T02:30:00'))).toBeNull();
    expect(turnOf(jittered, dueAt(jittered, daily.nextRun))).toMatchObject({ kind: 'run' });
  });

  it('spreads its jitter from nothing to the whole', () => {
    const found = Array.from(
      { length: 2000 },
      (_, index) => jitterMs(String(index), daily.nextRun, 9) / 1000,
    );
    expect([...new Set(found)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('when the clock jumps', () => {
  it('an hour back, what was done is not done again', () => {
    const done = { ...daily, nextRun: at('11T02:30:00'), lastPlanned: at('10T02:30:00') };
    expect(turnOf(done, at('10T01:30:00'))).toBeNull();
  });

  it('a year back, after it was a year ahead, it does not wait for that year', () => {
    const ahead = {
      ...daily,
      nextRun: new Date('2027-06-11T02:30:00Z'),
      lastPlanned: new Date('2027-06-10T02:30:00Z'),
    };
    const now = at('10T12:00:00');
    expect(turnOf(ahead, now)).toEqual({ kind: 'move', next: at('11T02:30:00') });
    const moved = { ...ahead, nextRun: at('11T02:30:00') };
    expect(turnOf(moved, now)).toBeNull();
    expect(turnOf(moved, at('11T02:30:00'))).toMatchObject({ kind: 'run', next: at('12T02:30:00') });
  });

  it('for one of two processes only, the other one does not run what was done', () => {
    const movedBackByTheOther = { ...daily, nextRun: at('10T02:30:00'), lastPlanned: at('12T02:30:00') };
    expect(turnOf(movedBackByTheOther, at('12T12:00:00'))).toEqual({ kind: 'move', next: at('13T02:30:00') });
  });
});

describe('the next runs', () => {
  it('are shown with their jitter, from the one that is waited for', () => {
    expect(nextRuns(daily, 3)).toEqual([at('10T02:30:00'), at('11T02:30:00'), at('12T02:30:00')]);
    const jittered = { ...daily, jitterSeconds: 600 };
    expect(nextRuns(jittered, 2)).toEqual([
      dueAt(jittered, at('10T02:30:00')),
      dueAt(jittered, at('11T02:30:00')),
    ]);
  });
});
