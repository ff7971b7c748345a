import { batchCharacters, batchRows } from './batch-size.js';
import type { Row, RowWriter } from '../engines/rows.types.js';
import type { OwnedTable } from './scope-plan.types.js';

/** Inserts rows some at a time. */
export class InsertBatch {
  #rows: Row[] = [];
  #characters = 0;

  constructor(
    private readonly writer: RowWriter,
    private readonly table: OwnedTable,
  ) {}

  /** `characters`: about as many as the row has. */
  async add(row: Row, characters: number): Promise<void> {
    this.#rows.push(row);
    this.#characters += characters;
    if (this.#rows.length >= batchRows || this.#characters >= batchCharacters) await this.end();
  }

  /** Inserts what is left. */
  async end(): Promise<void> {
    if (this.#rows.length > 0) await this.writer.insert(this.table.name, this.table.columns, this.#rows);
    this.#rows = [];
    this.#characters = 0;
  }
}
