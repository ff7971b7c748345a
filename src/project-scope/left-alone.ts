import { createHash } from 'node:crypto';
import type { Row } from '../engines/rows.types.js';
import { hashLines } from './rows-digest.js';

/**
 * The rows that a restore leaves as they are: those that differ, as its mode says, and those outside of the part that is
 * restored. After the writing they must be the same.
 */
export class LeftAlone {
  readonly #differing = createHash('sha256');
  readonly #outside = createHash('sha256');
  /** How many are outside. */
  outside = 0;

  differing(line: string): void {
    hashLines(this.#differing, [line]);
  }

  /** Passes on the rows that are in the part, and counts the others: their first `width` cells. */
  async *inside(
    batches: AsyncIterable<Row[]>,
    isInside: (row: Row) => boolean,
    width: number,
    outside?: (line: string) => void | Promise<void>,
  ): AsyncGenerator<Row[]> {
    for await (const rows of batches) {
      const inside: Row[] = [];
      for (const row of rows) {
        if (isInside(row)) {
          inside.push(row);
          continue;
        }
        const line = JSON.stringify(row.slice(0, width));
        this.outside += 1;
        hashLines(this.#outside, [line]);
        await outside?.(line);
      }
      yield inside;
    }
  }

  /** Over all of them; call once. */
  digest(): string {
    return `${this.#differing.digest('hex')} ${this.#outside.digest('hex')}`;
  }
}
