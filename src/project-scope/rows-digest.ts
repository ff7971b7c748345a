import { createHash, type Hash } from 'node:crypto';
import type { Cell, RowReader } from '../engines/rows.types.js';
import { selectionOf } from './project-rows.js';
import type { ScopePlan } from './scope-plan.types.js';

/** SHA-256 over a project's rows; equal for two readings of the same rows, whichever table was read first. */
export class RowsDigest {
  readonly #tables = new Map<string, Hash>();

  add(table: string, lines: readonly string[]): void {
    const hash = this.#of(table);
    if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
  }

  /** Reads those of the plan's tables that were not added, and returns the digest of them all, hexadecimal. */
  async complete(reader: RowReader, plan: ScopePlan, rootKey: Cell): Promise<string> {
    for (const table of plan.owned.filter(({ name }) => !this.#tables.has(name))) {
      this.add(table.name, []);
      for await (const rows of reader.read(selectionOf(table, rootKey))) {
        this.add(
          table.name,
          rows.map((row) => JSON.stringify(row)),
        );
      }
    }
    const digest = createHash('sha256');
    for (const { name } of plan.owned) digest.update(`${name}\n${this.#of(name).copy().digest('hex')}\n`);
    return digest.digest('hex');
  }

  #of(table: string): Hash {
    const known = this.#tables.get(table);
    if (known) return known;
    const hash = createHash('sha256');
    this.#tables.set(table, hash);
    return hash;
  }
}

/** Adds lines to a hash, each with its newline. */
export function hashLines(hash: Hash, lines: readonly string[]): void {
  if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
}
