import type { Row } from '../../rows.types.js';
import { quoteName, quoteText } from '../connection.js';
import type { RowSession } from './row-session.js';

/** The greatest whole numbers that were written, by table and column. */
export class WrittenIds {
  readonly #greatest = new Map<string, Map<string, bigint>>();

  note(table: string, columns: readonly string[], rows: readonly Row[]): void {
    const known = this.#greatest.get(table) ?? new Map<string, bigint>();
    this.#greatest.set(table, known);
    for (const [at, column] of columns.entries()) {
      for (const row of rows) {
        const cell = row[at];
        if (typeof cell !== 'number' && !(typeof cell === 'object' && cell && '$int' in cell)) continue;
        if (typeof cell === 'number' && !Number.isSafeInteger(cell)) break;
        const id = BigInt(typeof cell === 'number' ? cell : cell.$int);
        if (id > (known.get(column) ?? 0n)) known.set(column, id);
      }
    }
  }

  /**
   * Moves the sequences that hand out ids for these columns on, so that none hands out an id that was written. Call right
   * before the commit: a sequence is not rolled back (ids that nobody uses do no harm).
   */
  async advanceSequences(session: RowSession): Promise<void> {
    for (const [table, greatest] of this.#greatest) {
      const owned = await sequencesOf(session, table);
      for (const [column, id] of greatest) {
        const sequence = owned.get(column);
        if (sequence === undefined) continue;
        // last_value with is_called false has not been handed out yet.
        await session.run(
          `SELECT setval(${quoteText(sequence)}::regclass, ${id}) FROM ${sequence} CROSS JOIN pg_sequence s
           WHERE s.seqrelid = ${quoteText(sequence)}::regclass AND s.seqincrement > 0 AND s.seqmax >= ${id}
             AND (last_value < ${id} OR (last_value = ${id} AND NOT is_called))`,
          table,
        );
      }
    }
  }
}

/** By column: the sequence (as it stands in SQL) of serial and identity columns, and of defaults by nextval. */
export async function sequencesOf(session: RowSession, table: string): Promise<Map<string, string>> {
  const rows = await session.rows<[string, string]>(
    `SELECT a.attname, d.objid::regclass::text FROM pg_depend d
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
       AND d.refobjid = to_regclass(${quoteText(quoteName(table))})
     UNION
     SELECT a.attname, d.refobjid::regclass::text FROM pg_attrdef f
       JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
       JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
       JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
     WHERE d.refclassid = 'pg_class'::regclass
       AND f.adrelid = to_regclass(${quoteText(quoteName(table))})`,
    table,
  );
  return new Map(rows);
}
