import { judge, type Source } from './judge.js';

const now = new Date('2026-03-29T12:00:00Z');
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const backup = (age: number): Source => ({
  id: `b${age}`,
  filename: `backup_${age}.sql`,
  createdAt: before(age + 60),
  startedAt: before(age),
});
const target = (seconds: number, setBefore = 1_000_000) => ({ seconds, setAt: before(setBefore) });

describe('A recovery point', () => {
  it('is as old as the moment in which the work of the backup began, not as its end or its order', () => {
    const point = judge({ good: backup(90), restorable: backup(7200) }, null, now);
    expect(point.good).toMatchObject({ backupId: 'b90', ageSeconds: 90, at: before(90) });
    expect(point.restorable).toMatchObject({ ageSeconds: 7200 });
    expect(point).toMatchObject({ met: null, dueInSeconds: null, targetSeconds: null });
  });

  it.each([
    [3599, true, 1],
    [3600, true, 0],
    [3601, false, -1],
  ])('of %i seconds against a target of an hour is met: %s', (age, met, dueInSeconds) => {
    const point = judge({ good: backup(age), restorable: null }, target(3600), now);
    expect(point).toMatchObject({ met, dueInSeconds, restorable: null });
  });

  it('is judged by the last good backup, whatever the last restorable one is', () => {
    expect(judge({ good: backup(10), restorable: backup(9999) }, target(60), now).met).toBe(true);
  });

  it('that there is not yet has the target’s time from the moment in which it was set', () => {
    const none = { good: null, restorable: null };
    expect(judge(none, target(3600, 3600), now)).toMatchObject({ good: null, met: true });
    expect(judge(none, target(3600, 3601), now)).toMatchObject({ good: null, met: false });
  });

  it('is never of the future, when the clock was set back', () => {
    const point = judge({ good: backup(-500), restorable: null }, target(60), now);
    expect(point).toMatchObject({ good: { ageSeconds: 0 }, met: true });
  });
});
