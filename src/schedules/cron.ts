import { CronExpression, CronExpressionParser, type CronFieldCollection } from 'cron-parser';
import { badInput } from '../common/http/validation.js';
import { comingsOf, endOfGap, wallAt } from './wall-clock.js';

/** Any: where the search for the first occurrence begins. */
const anyTime = new Date('2000-01-01T00:00:00Z');
/** No zone repeats more at once. */
const longestRepeatMs = 3 * 3_600_000;

/**
 * When something is due: minute, hour, day of the month, month, day of the week, in a zone. Days by both fields are
 * joined by "or", as cron does.
 *
 * A clock change does what a person expects of the words: what names its hours goes by the wall clock, once each day; in
 * an hour that does not exist it comes right after the gap, in an hour that repeats the first time only. What runs every
 * hour goes by the real one: it comes in each hour that passes, and nothing is made up for in a gap.
 */
export class Cron {
  readonly #fields: CronFieldCollection;
  readonly #everyHour: boolean;

  private constructor(readonly text: string) {
    this.#fields = CronExpressionParser.parse(text).fields;
    this.#everyHour = this.#fields.hour.values.length === 24;
  }

  /** Throws DomainError `bad-input` for what is no expression of five fields, or never comes. */
  static read(text: string): Cron {
    const fields = text.trim().split(/\s+/);
    if (fields.length !== 5) {
      throw fault(
        'must have five fields: minute, hour, day of the month, month, day of the week, such as "30 2 * * *"',
      );
    }
    if (fields.some((field) => /(^|,)H/.test(field)))
      throw fault('must not use H: name the minute or the hour');
    try {
      const cron = new Cron(fields.join(' '));
      cron.#onTheWall(anyTime).next();
      return cron;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw fault(
        /loop limit|day of month definition/i.test(reason)
          ? 'names a day that never comes; correct the day or the month'
          : `cannot be read (${reason})`,
      );
    }
  }

  /** One that was read before. */
  static known(text: string): Cron {
    return new Cron(text);
  }

  /**
   * The first occurrence after an instant. The library is asked for times on the wall only: across clock changes its own
   * answer depends on where it begins, and can lie in the past.
   */
  next(after: Date, zone: string): Date {
    let repeated: Date | undefined;
    const times = this.#onTheWall(this.#begin(after, zone));
    for (;;) {
      const wall = times.next().toDate();
      const [first, second] = comingsOf(wall, zone);
      if (!first && this.#everyHour) continue;
      const coming = first ?? endOfGap(wall, zone);
      // Whatever is later on the wall comes later than this, too.
      if (coming > after) return repeated && repeated < coming ? repeated : coming;
      if (this.#everyHour && second && second > after) repeated ??= second;
    }
  }

  /** Where to begin on the wall: what an hour ahead will repeat is behind us there. */
  #begin(after: Date, zone: string): Date {
    const wall = wallAt(after, zone).getTime();
    const ahead = wallAt(new Date(after.getTime() + longestRepeatMs), zone).getTime();
    const back = this.#everyHour ? longestRepeatMs - (ahead - wall) : 0;
    return new Date(wall - Math.max(0, back));
  }

  #onTheWall(currentDate: Date) {
    return CronExpression.fieldsToExpression(this.#fields, { currentDate, tz: 'UTC' });
  }
}

function fault(what: string) {
  return badInput([{ field: 'cron', message: `cron ${what}` }]);
}
