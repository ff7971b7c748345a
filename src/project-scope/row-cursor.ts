import type { Row } from '../engines/rows.types.js';

/** Steps through batches of rows one row at a time; `line` is the row as it would stand in a file. */
export class RowCursor {
  row: Row | null = null;
  line = '';
  /** What stands behind the first `width` cells. */
  rest: Row = [];
  readonly #batches: AsyncIterator<Row[]>;
  #batch: Row[] = [];
  #at = 0;

  /** `width`: how many cells of each row count; all if left out. */
  constructor(
    batches: AsyncIterable<Row[]>,
    private readonly width?: number,
  ) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Moves on; a promise only when the next batch has to be awaited. */
  next(): void | Promise<void> {
    if (this.#at < this.#batch.length) this.#set();
    else return this.#fill();
  }

  async #fill(): Promise<void> {
    this.#at = 0;
    do {
      const { done, value } = await this.#batches.next();
      if (done) {
        this.row = null;
        this.#batch = [];
        return;
      }
      this.#batch = value;
    } while (this.#batch.length === 0);
    this.#set();
  }

  #set(): void {
    const whole = this.#batch[this.#at] ?? null;
    this.row = this.width === undefined ? whole : (whole?.slice(0, this.width) ?? null);
    this.rest = this.width === undefined ? [] : (whole?.slice(this.width) ?? []);
    this.line = JSON.stringify(this.row);
    this.#at += 1;
  }

  /** Ends the reading early. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
