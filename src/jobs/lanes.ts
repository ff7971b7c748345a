import { DomainError } from '../common/errors.js';
import { tooMany } from './job-faults.js';

/** How many may wait for one database. */
export const longestQueue = 20;

/** One lane per database: work on it runs one after the other, in the order in which it was asked for. */
export class Lanes {
  readonly #tails = new Map<string, { waiting: number; lasting: number; last: Promise<void> }>();

  /**
   * Resolves when it is this caller's turn, with the function that ends the turn. Throws DomainError at once when the
   * caller is not let in. For what is `brief` everybody waits: housekeeping is no reason to refuse a restore.
   */
  enter(lane: string, whenBusy: 'wait' | 'refuse', { brief = false } = {}): Promise<() => void> {
    const tail = this.#tails.get(lane);
    if (tail && tail.lasting > 0 && whenBusy === 'refuse') {
      throw busy();
    }
    if (tail && tail.waiting >= longestQueue) {
      throw tooMany(longestQueue);
    }
    const before = tail?.last ?? Promise.resolve();
    let leave!: () => void;
    const own = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const entry = {
      waiting: (tail?.waiting ?? 0) + 1,
      lasting: (tail?.lasting ?? 0) + (brief ? 0 : 1),
      last: before.then(() => own),
    };
    this.#tails.set(lane, entry);
    return before.then(() => () => {
      const current = this.#tails.get(lane);
      if (current) {
        current.waiting -= 1;
        if (!brief) current.lasting -= 1;
      }
      if (current?.waiting === 0) this.#tails.delete(lane);
      leave();
    });
  }
}

export function busy(): DomainError {
  return new DomainError(
    'database-busy',
    'A backup or a restore of this database is running. Try again when it has ended.',
  );
}
