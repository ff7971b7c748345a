import type { Row, RowReader } from '../engines/rows.types.js';
import { nameRow } from './project-rows.js';
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
    if (batch.length === 0) return;
    const { name, key, columns } = this.table;
    const cellsOf = (row: Row) => key.map((column) => row[columns.indexOf(column)] ?? null);
    const [only] = key;
    if (key.length === 1 && only !== undefined) {
      const cells = batch.map((row) => cellsOf(row)[0] ?? null);
      const query = {
        table: name,
        columns,
        anyOf: { column: only, cells },
        orderBy: key,
        limit: namedAtMost,
      };
      return this.#name(await this.reader.list(query));
    }
    for (const row of batch) {
      if (this.#asked >= compositeAtMost || this.#named.length >= namedAtMost) return;
      this.#asked += 1;
      const where = Object.fromEntries(cellsOf(row).map((cell, index) => [key[index] ?? '', cell]));
      this.#name(await this.reader.list({ table: name, columns, where, orderBy: key, limit: 1 }));
    }
  }

  #name(rows: readonly Row[]): void {
    for (const row of rows.slice(0, namedAtMost - this.#named.length))
      this.#named.push(nameRow(this.table, row));
  }
}
