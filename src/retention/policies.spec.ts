import { type Candidate, plan } from './plan.js';
import { newest, policiesOf, type Policy } from './policy.js';
import type { RetentionRules } from './retention.types.js';

const now = new Date('2026-04-01T12:00:00Z');

/** Good periodic backups of these times (UTC unless they say otherwise), 100 bytes each; their ids are the times. */
function backups(times: readonly string[], more: Partial<Candidate> = {}): Candidate[] {
  return times.map((time) => {
    const createdAt = new Date(/Z|[+-]\d\d:\d\d$/.test(time) ? time : `${time}Z`);
    return {
      id: time,
      ordinal: createdAt.getTime(),
      createdAt,
      bytes: 100,
      method: 'periodic',
      level: 'readable',
      fault: null,
      found: false,
      pinned: false,
      keepUntil: null,
      inUse: false,
      copying: false,
      copied: 'no' as const,
      ...more,
    };
  });
}

const policy = (rules: RetentionRules, more: Partial<Policy> = {}): Policy => ({
  rules,
  zone: 'UTC',
  covers: 'all',
  name: 'nightly',
  ...more,
});
const kept = (candidates: Candidate[], ...policies: Policy[]) =>
  plan(candidates, policies, now)
    .filter(({ action }) => action === 'keep')
    .map(({ id }) => id);
const reasonsOf = (candidates: Candidate[], ...policies: Policy[]) =>
  Object.fromEntries(plan(candidates, policies, now).map(({ id, reasons }) => [id, reasons]));

describe('a retention policy', () => {
  it('keeps the newest of each hour, day, week, month and year, and says each reason', () => {
    const made = backups([
      '2024-12-31T02:30',
      '2025-11-30T02:30',
      '2025-12-31T02:30',
      '2026-03-22T02:30',
      '2026-03-29T02:30',
      '2026-03-31T02:30',
      '2026-04-01T01:10',
      '2026-04-01T01:50',
      '2026-04-01T02:30',
    ]);
    const rules = { keepHourly: 2, keepDaily: 2, keepWeekly: 2, keepMonthly: 3, keepYearly: 2 };
    expect(reasonsOf(made, policy(rules, { name: null }))).toEqual({
      '2026-04-01T02:30': [
        'hourly 1 of 2 (2026-04-01 02:00 +00:00)',
        'daily 1 of 2 (2026-04-01)',
        'weekly 1 of 2 (2026-W14)',
        'monthly 1 of 3 (2026-04)',
        'yearly 1 of 2 (2026)',
        'newest that is good',
      ],
      '2026-04-01T01:50': ['hourly 2 of 2 (2026-04-01 01:00 +00:00)'],
      '2026-04-01T01:10': ['no policy keeps it'],
      '2026-03-31T02:30': ['daily 2 of 2 (2026-03-31)', 'monthly 2 of 3 (2026-03)'],
      '2026-03-29T02:30': ['weekly 2 of 2 (2026-W13)'],
      '2026-03-22T02:30': ['no policy keeps it'],
      '2025-12-31T02:30': ['monthly 3 of 3 (2025-12)', 'yearly 2 of 2 (2025)'],
      '2025-11-30T02:30': ['no policy keeps it'],
      '2024-12-31T02:30': ['no policy keeps it'],
    });
  });

  it('counts periods that have a backup, not those that have none', () => {
    const made = backups(['2026-01-05T00:00', '2026-02-01T00:00', '2026-03-31T00:00']);
    expect(kept(made, policy({ keepDaily: 2 }))).toEqual(['2026-03-31T00:00', '2026-02-01T00:00']);
  });

  it('begins days in its zone, and takes the hour that a clock change repeats for two', () => {
    const made = backups(['2026-03-30T22:30', '2026-03-31T21:30']);
    expect(kept(made, policy({ keepDaily: 2 }, { zone: 'Europe/Oslo' }))).toEqual(['2026-03-31T21:30']);
    expect(kept(made, policy({ keepDaily: 2 }))).toHaveLength(2);
    const repeated = backups(['2026-10-25T02:15+02:00', '2026-10-25T02:15+01:00']);
    expect(kept(repeated, policy({ keepHourly: 2 }, { zone: 'Europe/Oslo' }))).toHaveLength(2);
  });

  it('goes by the order in which backups were made where the clock was set back', () => {
    const made = backups(['2026-03-01T00:00', '2026-03-02T00:00', '2026-03-01T12:00']).map(
      (candidate, index) => ({ ...candidate, ordinal: index }),
    );
    expect(kept(made, policy({ keepDaily: 1 }))).toEqual(['2026-03-01T12:00']);
    expect(kept(made, policy({ keepDaily: 5 }))).toEqual(['2026-03-01T12:00', '2026-03-02T00:00']);
  });

  it('keeps a duration counted back from the newest backup, so that a long pause takes nothing away', () => {
    const made = backups(['2025-01-01T00:00', '2025-01-25T00:00', '2025-01-31T00:00']);
    expect(kept(made, policy({ keepWithin: 'P7D' }))).toEqual(['2025-01-31T00:00', '2025-01-25T00:00']);
    expect(kept(made, policy({ keepWithin: 'P1M' }))).toHaveLength(3);
  });

  it('keeps what is younger than the minimum age, also beyond the size cap', () => {
    const made = backups(['2026-03-01T00:00', '2026-03-31T12:00:01', '2026-04-01T00:00', '2026-04-01T06:00']);
    expect(kept(made, policy({ keepNewest: 1, minAge: 'P1D' }))).toEqual([
      '2026-04-01T06:00',
      '2026-04-01T00:00',
      '2026-03-31T12:00:01',
    ]);
    const capped = policy({ keepNewest: 9, maxTotalBytes: 200, minAge: 'P1D' });
    expect(kept(made, capped)).toHaveLength(3);
  });

  it('keeps no more bytes than its cap, the newest of what its rules keep', () => {
    const made = backups(['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-30T00:00', '2026-03-31T00:00']);
    expect(kept(made, policy({ maxTotalBytes: 250 }))).toEqual(['2026-03-31T00:00', '2026-03-30T00:00']);
    expect(kept(made, policy({ keepMonthly: 9, maxTotalBytes: 250 }))).toEqual([
      '2026-03-31T00:00',
      '2026-02-28T00:00',
    ]);
    expect(reasonsOf(made, policy({ maxTotalBytes: 250 }))['2026-02-28T00:00']).toEqual([
      'beyond 250 B in all, by nightly',
    ]);
  });

  it('with a cap never takes the newest good, the newest restorable, or what is pinned, in use, found or damaged', () => {
    const made = [
      ...backups(['2026-01-01T00:00'], { pinned: true }),
      ...backups(['2026-01-02T00:00'], { inUse: true }),
      ...backups(['2026-01-03T00:00'], { found: true }),
      ...backups(['2026-01-04T00:00'], { level: 'restorable' }),
      ...backups(['2026-01-05T00:00']),
      ...backups(['2026-01-06T00:00']),
      ...backups(['2026-01-07T00:00'], { fault: 'damaged' }),
    ];
    const removed = plan(made, [policy({ maxTotalBytes: 1 })], now).filter(
      ({ action }) => action === 'remove',
    );
    expect(removed.map(({ id }) => id)).toEqual(['2026-01-05T00:00']);
  });
});

describe('several policies of a scope', () => {
  const made = [
    ...backups(['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-30T00:00', '2026-03-31T00:00']),
    ...backups(['2026-03-01T09:00', '2026-03-02T09:00', '2026-03-03T09:00'], { method: 'manual' }),
  ];
  const schedule = (rules: RetentionRules | null) => ({ name: 'nightly', zone: 'UTC', rules });

  it('keep what any of them keeps', () => {
    expect(kept(made, policy({ keepNewest: 1 }), policy({ keepMonthly: 3 }, { name: 'hourly' }))).toEqual([
      '2026-03-31T00:00',
      '2026-02-28T00:00',
      '2026-01-31T00:00',
    ]);
  });

  it('without a schedule the newest N of the database count everything', () => {
    expect(policiesOf(2, [])).toEqual([newest(2)]);
    expect(kept(made, ...policiesOf(2, []))).toEqual(['2026-03-31T00:00', '2026-03-30T00:00']);
  });

  it('with a policy the newest N count what people asked for, beside what the policy keeps', () => {
    expect(kept(made, ...policiesOf(2, [schedule({ keepMonthly: 2 })]))).toEqual([
      '2026-03-31T00:00',
      '2026-03-03T09:00',
      '2026-03-02T09:00',
      '2026-02-28T00:00',
    ]);
  });

  it('a schedule without a policy of its own leaves its backups to the newest N of the database', () => {
    const both = policiesOf(2, [schedule({ keepMonthly: 2 }), schedule(null)]);
    expect(kept(made, ...both)).toEqual(['2026-03-31T00:00', '2026-03-30T00:00', '2026-02-28T00:00']);
    expect(kept(made, ...policiesOf(2, [schedule(null)]))).toEqual(kept(made, newest(2)));
  });
});
