import { createHash } from 'node:crypto';
import type { Row } from '../engines/rows.types.js';

const modulus = 2n ** 256n;

/** Which rows, and how many times each, in whatever order they come: the sum of the SHA-256 of each. */
export class RowsSum {
  #sum = 0n;
  #count = 0;

  /** Of all rows of the batches. */
  static async of(batches: AsyncIterable<Row[]>): Promise<string> {
    const sum = new RowsSum();
    for await (const rows of batches) for (const row of rows) sum.add(JSON.stringify(row));
    return sum.toString();
  }

  add(line: string): void {
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(line).digest('hex')}`)) % modulus;
    this.#count += 1;
  }

  toString(): string {
    return `${this.#count} ${this.#sum.toString(16)}`;
  }
}
