import { DateTime } from 'luxon';

const minuteMs = 60_000;
/** Longer than any gap that a zone has made. */
const longestGapMinutes = 48 * 60;

/** What the clock on the wall of a zone shows, as if it were UTC. */
export function wallAt(instant: Date, zone: string): Date {
  return new Date(wallOf(DateTime.fromJSDate(instant, { zone })));
}

/** When the clock on the wall shows a time: once, twice where a clock change repeats it, never where one skips it. In order. */
export function comingsOf(wall: Date, zone: string): Date[] {
  const local = near(wall, zone);
  if (wallOf(local) !== wall.getTime()) return [];
  return local
    .getPossibleOffsets()
    .map((time) => time.toJSDate())
    .sort((a, b) => a.getTime() - b.getTime());
}

/** The first instant after the gap in which a time on the wall would lie. Clocks change at whole minutes. */
export function endOfGap(wall: Date, zone: string): Date {
  const behind = near(wall, zone);
  let before = longestGapMinutes;
  let after = 0;
  while (before - after > 1) {
    const middle = Math.floor((before + after) / 2);
    if (behind.minus({ minutes: middle }).offset === behind.offset) after = middle;
    else before = middle;
  }
  return behind.minus({ minutes: after }).toJSDate();
}

/** One of its comings; in a gap an instant behind it, by less than the gap is long. */
function near(wall: Date, zone: string): DateTime {
  return DateTime.fromJSDate(wall, { zone: 'utc' }).setZone(zone, { keepLocalTime: true });
}

function wallOf(time: DateTime): number {
  return time.toMillis() + time.offset * minuteMs;
}
