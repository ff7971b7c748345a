import { DateTime } from 'luxon';

/** `YYYY-MM-DD HH:MM:SS` in the zone: the times of sections 1 and 2 of the HTTP contract. */
export function wallTime(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** `YYYY-MM-DD_HH-MM-SS` in the zone: the time in a backup's file name. */
export function fileTime(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd_HH-mm-ss');
}

/** ISO 8601 with the zone's offset. */
export function isoTime(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toISO() ?? instant.toISOString();
}

export function isTimeZone(zone: string): boolean {
  return DateTime.utc().setZone(zone).isValid;
}
