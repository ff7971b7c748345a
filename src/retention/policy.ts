import type { RetentionRules, ScheduledRetention } from './retention.types.js';

/** Rules, and which backups of the scope they are about. */
export interface Policy {
  rules: RetentionRules;
  /** IANA; days, weeks and months begin there. */
  zone: string;
  covers: 'all' | 'manual';
  /** How reasons name it; null for the newest N of the database, which needs none. */
  name: string | null;
}

/** The newest N of a database, as long as nobody says more. */
export function newest(keepNewest: number, covers: Policy['covers'] = 'all'): Policy {
  return { rules: { keepNewest: Math.max(1, keepNewest) }, zone: 'UTC', covers, name: null };
}

/**
 * All policies of a scope. The newest N of the database count every backup, until each schedule of the scope has a policy
 * of its own: from then on they count what people asked for, and periodic backups are the policies' alone.
 */
export function policiesOf(keepNewest: number, schedules: readonly ScheduledRetention[]): Policy[] {
  const own = schedules.flatMap(({ name, zone, rules }): Policy[] =>
    rules ? [{ rules, zone, name, covers: 'all' }] : [],
  );
  const allHaveTheirs = own.length > 0 && own.length === schedules.length;
  return [newest(keepNewest, allHaveTheirs ? 'manual' : 'all'), ...own];
}
