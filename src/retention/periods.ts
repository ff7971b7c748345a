import type { DateTime } from 'luxon';
import type { RetentionRules } from './retention.types.js';

/** One of the rules that keep the newest of each period. */
export interface PeriodRule {
  name: string;
  count: number;
  /** Names the period that a time (in the policy's zone) lies in. The hour that a clock change repeats is two. */
  keyOf(time: DateTime): string;
}

const periods: { rule: keyof RetentionRules; name: string; keyOf: PeriodRule['keyOf'] }[] = [
  { rule: 'keepHourly', name: 'hourly', keyOf: (time) => time.toFormat("yyyy-MM-dd HH':00' ZZ") },
  { rule: 'keepDaily', name: 'daily', keyOf: (time) => time.toFormat('yyyy-MM-dd') },
  { rule: 'keepWeekly', name: 'weekly', keyOf: (time) => time.toFormat("kkkk-'W'WW") },
  { rule: 'keepMonthly', name: 'monthly', keyOf: (time) => time.toFormat('yyyy-MM') },
  { rule: 'keepYearly', name: 'yearly', keyOf: (time) => time.toFormat('yyyy') },
];

export function periodRules(rules: RetentionRules): PeriodRule[] {
  return periods.flatMap(({ rule, name, keyOf }) => {
    const count = rules[rule];
    return typeof count === 'number' ? [{ name, count, keyOf }] : [];
  });
}
