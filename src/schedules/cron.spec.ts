import { DateTime } from 'luxon';
import { Cron } from './cron.js';

const oslo = 'Europe/Oslo';

/** The occurrences between two instants, as the wall clock of the zone shows them. */
function runs(cron: string, zone: string, from: string, to: string): string[] {
  const found: string[] = [];
  let next = Cron.read(cron).next(new Date(from), zone);
  for (; next < new Date(to); next = Cron.read(cron).next(next, zone)) found.push(onWall(next, zone));
  return found;
}

function onWall(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('dd HH:mm ZZ');
}

describe('a cron expression', () => {
  it.each([
    ['30 2 * * *', '2026-06-01T00:00:00Z', '01 02:30 +02:00'],
    ['*/15 8-9 * * 1-5', '2026-06-05T07:45:00Z', '08 08:00 +02:00'],
    ['0 0 1 jan *', '2026-06-05T07:45:00Z', '01 00:00 +01:00'],
    ['0 4 L * *', '2026-02-01T00:00:00Z', '28 04:00 +01:00'],
    ['0 4 29 2 *', '2026-01-01T00:00:00Z', '29 04:00 +01:00'],
    ['0 12 * * thu', '2026-06-01T00:00:00Z', '04 12:00 +02:00'],
    ['0 4 13 * 5', '2026-06-08T00:00:00Z', '12 04:00 +02:00'],
  ])('%s comes after %s at %s', (cron, after, expected) => {
    expect(onWall(Cron.read(cron).next(new Date(after), oslo), oslo)).toBe(expected);
  });

  it.each([
    ['0 30 2 * * *', /five fields/],
    ['2 * *', /five fields/],
    ['', /five fields/],
    ['@daily', /five fields/],
    ['0 0 30 2 *', /never comes/],
    ['0 0 31 2,4,6,9,11 *', /never comes/],
    ['61 * * * *', /cannot be read/],
    ['0 25 * * *', /cannot be read/],
    ['a b c d e', /cannot be read/],
    ['H 2 * * *', /must not use H/],
    ['0 2 * * H', /must not use H/],
  ])('%s is refused with a sentence that names the field', (cron, sentence) => {
    expect(() => Cron.read(cron)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        fields: [{ field: 'cron', message: expect.stringMatching(sentence) }],
      }),
    );
  });
});

describe('in the night in which an hour is skipped (Oslo, 29 March 2026, 02:00 to 03:00)', () => {
  const night = (cron: string) => runs(cron, oslo, '2026-03-28T23:00:00Z', '2026-03-29T04:00:00Z');

  it('what falls into the gap comes once, right after it', () => {
    expect(night('30 2 * * *')).toEqual(['29 03:00 +02:00']);
    expect(night('15,45 2 * * *')).toEqual(['29 03:00 +02:00']);
    expect(night('0 2-3 * * *')).toEqual(['29 03:00 +02:00']);
    expect(night('30 1-3 * * *')).toEqual(['29 01:30 +01:00', '29 03:00 +02:00', '29 03:30 +02:00']);
  });

  it('what comes every hour comes in each hour that passes', () => {
    expect(night('0 * * * *').slice(0, 4)).toEqual([
      '29 01:00 +01:00',
      '29 03:00 +02:00',
      '29 04:00 +02:00',
      '29 05:00 +02:00',
    ]);
    expect(night('*/30 * * * *').slice(0, 4)).toEqual([
      '29 00:30 +01:00',
      '29 01:00 +01:00',
      '29 01:30 +01:00',
      '29 03:00 +02:00',
    ]);
  });
});

describe('in the night in which an hour repeats (Oslo, 25 October 2026, 02:00 to 03:00)', () => {
  const night = (cron: string) => runs(cron, oslo, '2026-10-24T23:30:00Z', '2026-10-25T02:10:00Z');

  it('what names its hour comes once, the first time', () => {
    expect(night('30 2 * * *')).toEqual(['25 02:30 +02:00']);
    expect(night('0 2,3 * * *')).toEqual(['25 02:00 +02:00', '25 03:00 +01:00']);
  });

  it('from wherever one looks', () => {
    const cron = Cron.read('30 2 * * *');
    for (const from of ['2026-10-25T00:30:00Z', '2026-10-25T01:10:00Z', '2026-10-25T01:29:59.999Z']) {
      expect(onWall(cron.next(new Date(from), oslo), oslo)).toBe('26 02:30 +01:00');
    }
  });

  it('what comes every hour comes in both', () => {
    expect(night('0 * * * *')).toEqual(['25 02:00 +02:00', '25 02:00 +01:00', '25 03:00 +01:00']);
    expect(night('20 * * * *')).toEqual(['25 02:20 +02:00', '25 02:20 +01:00']);
  });
});

describe('elsewhere', () => {
  it('a gap at midnight, of half an hour, and of a whole day are gaps like others', () => {
    const day = (cron: string, zone: string, from: string) =>
      onWall(Cron.read(cron).next(new Date(from), zone), zone);
    expect(day('15 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z')).toBe('24 01:00 +03:00');
    expect(day('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z')).toBe('04 02:30 +11:00');
    expect(day('0 12 30 12 *', 'Pacific/Apia', '2011-12-29T12:00:00Z')).toBe('31 00:00 +14:00');
  });

  /** What the wall clock shows, minute by minute of the year that really passes. */
  it('what comes every hour is what the wall clock shows, at every seventh minute around each clock change', () => {
    const cases = [
      ['*/20 * * * *', oslo, '2026-03-29T01:00:00Z'],
      ['*/20 * * * *', oslo, '2026-10-25T01:00:00Z'],
      ['10 * * * *', 'Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
      ['10 * * * *', 'Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
      ['5 * 25 10 *', oslo, '2026-10-25T01:00:00Z'],
      ['5 * * * 0', 'America/St_Johns', '2026-11-01T04:30:00Z'],
    ] as const;
    for (const [text, zone, change] of cases) {
      const cron = Cron.read(text);
      const matches = (time: DateTime) => {
        const [minute = '', , day = '', month = '', weekday = ''] = text.split(' ');
        const step = /^\*\/(\d+)$/.exec(minute)?.[1];
        return (
          (step ? time.minute % Number(step) === 0 : time.minute === Number(minute)) &&
          (day === '*' || time.day === Number(day)) &&
          (month === '*' || time.month === Number(month)) &&
          (weekday === '*' || time.weekday % 7 === Number(weekday))
        );
      };
      let expected: DateTime | undefined;
      for (let minute = 180; minute > -180; minute -= 1) {
        const time = DateTime.fromISO(change, { zone }).plus({ minutes: minute });
        if (expected && minute % 7 === 0) {
          expect([text, time.toISO(), cron.next(time.toJSDate(), zone).toISOString()]).toEqual([
            text,
            time.toISO(),
            expected.toJSDate().toISOString(),
          ]);
        }
        if (matches(time)) expected = time;
      }
    }
  });
});
