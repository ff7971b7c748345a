import type { Row, RowReader } from '../../engines/rows.types.js';
import { parseRow } from '../diff-table.js';
import type { FileOfPlan } from '../walk-file.js';
import { emptyTables } from './empty-tables.js';
import { walkFollowing } from './walk-following.js';

/** By which columns a table is referred to. */
export interface ReferredTo {
  referencedTable: string;
  referencedColumns: string[];
}

/**
 * The keys of rows that will follow into tables which are empty now. Where a collation could take two texts for the same, so
 * does this: what is written is checked by the database itself.
 */
export class ComingKeys {
  readonly #keys = new Map<string, Set<string>>();

  /** Memory grows with the keys of the empty tables in the file, and not where none is empty. */
  static async in(
    reader: RowReader,
    file: FileOfPlan,
    references: readonly ReferredTo[],
  ): Promise<ComingKeys> {
    const coming = new ComingKeys();
    const empty = await emptyTables(reader, file);
    const wanted = references.filter(({ referencedTable }) => empty.has(referencedTable));
    const tables = new Set(wanted.map(({ referencedTable }) => referencedTable));
    await walkFollowing(file, tables, async (rows, { table }) => {
      const kept = wanted
        .filter(({ referencedTable }) => referencedTable === table.name)
        .map((reference) => ({
          keys: coming.#of(reference),
          at: reference.referencedColumns.map((column) => table.columns.indexOf(column)),
        }));
      for (let line = await rows.nextRow(); line !== null; line = await rows.nextRow()) {
        const row = parseRow(line, table);
        for (const { keys, at } of kept) keys.add(folded(at.map((position) => row[position] ?? null)));
      }
    });
    return coming;
  }

  has({ referencedTable, referencedColumns }: ReferredTo, key: Row): boolean {
    return this.#keys.get(JSON.stringify([referencedTable, referencedColumns]))?.has(folded(key)) ?? false;
  }

  #of({ referencedTable, referencedColumns }: ReferredTo): Set<string> {
    const name = JSON.stringify([referencedTable, referencedColumns]);
    const keys = this.#keys.get(name) ?? new Set();
    this.#keys.set(name, keys);
    return keys;
  }
}

function folded(key: Row): string {
  const cells = key.map((cell) =>
    typeof cell === 'string' ? cell.normalize('NFKD').replace(/\p{M}/gu, '').trimEnd().toLowerCase() : cell,
  );
  return JSON.stringify(cells);
}
