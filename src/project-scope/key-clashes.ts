import type { Row, RowReader } from '../engines/rows.types.js';
import { nameRow } from './project-rows.js';
import { rowsByKey } from './rows-by-key.js';
import type { OwnedTable } from './scope-plan.types.js';

const batchRows = 500;
const namedAtMost = 5;
/** Keys of several columns are asked for one by one; a preview is no place for a million questions. */
const compositeAtMost = 200;

/** Rows to come whose key stands in the table already, though not in this project: somebody else has it now. */
export class KeyClashes {
  #batch: Row[] = [];
  #asked = 0;
  readonly #named: string[] = [];

  constructor(
    private readonly reader: RowReader,
    private readonly table: OwnedTable,
  ) {}

  add(row: Row): void | Promise<void> {
    if (!this.table.keyed || this.#named.length >= namedAtMost) return;
    this.#batch.push(row);
    if (this.#batch.length >= batchRows) return this.#ask();
  }

  /** A sentence when there are some. */
  async end(): Promise<string[]> {
    await this.#ask();
    if (this.#named.length === 0) return [];
    return [
      `Rows of ${this.table.name} would come back whose key others have now: ${this.#named.join('; ')}.`,
    ];
  }

  async #ask(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (this.table.key.length > 1) {
      batch.splice(Math.max(0, compositeAtMost - this.#asked));
      this.#asked += batch.length;
    }
    if (batch.length > 0) this.#name(await rowsByKey(this.reader, this.table, batch));
  }

  #name(rows: readonly Row[]): void {
    for (const row of rows.slice(0, namedAtMost - this.#named.length))
      this.#named.push(nameRow(this.table, row));
  }
}
