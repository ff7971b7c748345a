import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DumpScanner } from './dump-scanner.js';

const modulus = 1n << 256n;

/** A set of rows whatever their order, rows that occur several times included: the sum of their SHA-256, modulo 2^256. */
export class RowSet {
  #sum = 0n;

  add(row: Buffer): void {
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(row).digest('hex')}`)) % modulus;
  }

  equals(other: RowSet): boolean {
    return this.#sum === other.#sum;
  }
}

/**
 * The rows of some tables as sets. Costs some microseconds a row, so it is for the tables alone whose rows come in an
 * order that nobody promised.
 */
export class RowSets {
  readonly sets: ReadonlyMap<string, RowSet>;

  constructor(tables: readonly string[]) {
    this.sets = new Map(tables.map((name) => [name, new RowSet()]));
  }

  /** Takes the part `tables` of a dump. */
  scanner(): DumpScanner {
    return new DumpScanner('tables', { onRow: (table, row) => this.sets.get(table)?.add(row) });
  }

  /** Names of the tables whose rows are not those of `others`. */
  differingFrom(others: RowSets): string[] {
    return [...this.sets].flatMap(([name, set]) => {
      const other = others.sets.get(name);
      return other && set.equals(other) ? [] : [name];
    });
  }

  async read(dump: Readable): Promise<void> {
    const scanner = this.scanner();
    dump.once('error', (error) => scanner.destroy(error));
    await finished(dump.pipe(scanner).resume());
  }
}
