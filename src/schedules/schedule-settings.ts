import { IANAZone } from 'luxon';
import type { FieldError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { Cron } from './cron.js';
import { faultsOf } from './retention-rules.js';
import type { ScheduleSettings } from './schedules.types.js';

/** How many occurrences are looked at to learn how soon one follows another. */
const lookAhead = 50;

/** Throws DomainError `bad-input` that names each field at fault. Returns the settings with the expression in one spelling. */
export function checked(settings: ScheduleSettings, now: Date): ScheduleSettings {
  const { zone, retention } = settings;
  const cron = Cron.read(settings.cron);
  const faults = [
    ...(IANAZone.isValidZone(zone) ? jitterFaults(settings, cron, now) : [zoneFault]),
    ...(retention ? faultsOf(retention) : []),
  ];
  if (faults.length > 0) throw badInput(faults);
  return { ...settings, cron: cron.text };
}

const zoneFault: FieldError = {
  field: 'zone',
  message: 'zone must be an IANA time zone, such as Europe/Oslo',
};

/** A run must have begun before the next occurrence comes. */
function jitterFaults({ zone, jitterSeconds }: ScheduleSettings, cron: Cron, now: Date): FieldError[] {
  if (jitterSeconds === 0) return [];
  let shortest = Number.POSITIVE_INFINITY;
  let before = cron.next(now, zone);
  for (let count = 0; count < lookAhead; count += 1) {
    const next = cron.next(before, zone);
    shortest = Math.min(shortest, (next.getTime() - before.getTime()) / 1000);
    before = next;
  }
  if (jitterSeconds < shortest) return [];
  const message = `jitter_seconds must be less than the shortest time between two runs, which is ${shortest} s`;
  return [{ field: 'jitter_seconds', message }];
}
