import { Duration } from 'luxon';
import type { FieldError } from '../common/errors.js';
import type { RetentionRules } from '../retention/retention.types.js';
import type { RetentionDto } from './schedule-retention.dto.js';

const names = {
  keepNewest: 'keep_newest',
  keepHourly: 'keep_hourly',
  keepDaily: 'keep_daily',
  keepWeekly: 'keep_weekly',
  keepMonthly: 'keep_monthly',
  keepYearly: 'keep_yearly',
  keepWithin: 'keep_within',
  minAge: 'min_age',
  maxTotalBytes: 'max_total_bytes',
} as const satisfies Record<keyof RetentionRules, keyof RetentionDto>;

const pairs = Object.entries(names) as [keyof RetentionRules, keyof RetentionDto][];

export function rulesFrom(dto: RetentionDto): RetentionRules {
  return Object.fromEntries(
    pairs.flatMap(([rule, name]) => (dto[name] === undefined ? [] : [[rule, dto[name]]])),
  );
}

export function rulesTo(rules: RetentionRules): RetentionDto {
  return Object.fromEntries(
    pairs.flatMap(([rule, name]) => (rules[rule] === undefined ? [] : [[name, rules[rule]]])),
  );
}

/** What is wrong with a policy beyond the types of its fields. */
export function faultsOf(rules: RetentionRules): FieldError[] {
  if (Object.keys(rules).length === 0) {
    const message = `retention must have at least one of ${Object.values(names).join(', ')}; null means none of its own`;
    return [{ field: 'retention', message }];
  }
  return (['keepWithin', 'minAge'] as const).flatMap((rule) => {
    const text = rules[rule];
    if (text === undefined || isDuration(text)) return [];
    const message = `${names[rule]} must be an ISO 8601 duration longer than nothing, such as P30D or PT36H`;
    return [{ field: `retention[${names[rule]}]`, message }];
  });
}

function isDuration(text: string): boolean {
  const duration = Duration.fromISO(text);
  return duration.isValid && duration.toMillis() > 0 && duration.as('years') <= 1000;
}
