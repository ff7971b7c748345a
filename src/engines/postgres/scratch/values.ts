import type { PostgresAddress } from '../../../config/postgres-url.js';
import type { ColumnOfTable, DatabaseSchema } from '../../rows.types.js';
import type { ScratchValue } from '../../scratch.types.js';
import { quoteName } from '../connection.js';
import { RowSession } from '../rows/row-session.js';

/** Values of a type whose bytes are no text come as hexadecimal digits. */
interface Wanted {
  /** The place of its column in what was asked for. */
  at: number;
  sql: string;
  encoding: 'hex' | 'utf8';
}

/** Reads whole tables, one after the other; of arrays their elements, which may stand elsewhere one by one. */
export async function* columnValues(
  address: PostgresAddress,
  { tables }: DatabaseSchema,
  columns: readonly ColumnOfTable[],
): AsyncGenerator<ScratchValue[]> {
  const session = await RowSession.open(address);
  try {
    // As the dump's session prints them.
    await session.run('RESET TimeZone');
    await session.run('RESET lc_monetary');
    for (const { name: table, columns: all } of tables) {
      const plain: Wanted[] = [];
      for (const [at, { table: owner, column }] of columns.entries()) {
        const type = owner === table ? all.find(({ name }) => name === column)?.type : undefined;
        if (type === undefined) continue;
        const [, element] = /^(.*?)(?:\[\])+$/.exec(type) ?? [];
        if (element === undefined) {
          plain.push(wanted(at, quoteName(column), type));
          continue;
        }
        const elements = `${quoteName(table)} t CROSS JOIN unnest(t.${quoteName(column)}) AS element`;
        yield* read(session, [wanted(at, 'element', element)], elements, table);
      }
      if (plain.length > 0) yield* read(session, plain, quoteName(table), table);
    }
  } finally {
    await session.close();
  }
}

/** As a dump prints them, which is not what a cast makes of every type; but without the blanks that fill a text up. */
function wanted(at: number, expression: string, type: string): Wanted {
  if (type === 'bytea') return { at, sql: `encode(${expression}, 'hex')`, encoding: 'hex' };
  const isPadded = /^(character\(|bpchar$)/.test(type);
  const printed = isPadded ? `${expression}::text` : `format('%s', ${expression})`;
  return { at, sql: `CASE WHEN NOT (${expression} IS NULL) THEN ${printed} END`, encoding: 'utf8' };
}

async function* read(
  session: RowSession,
  list: readonly Wanted[],
  from: string,
  table: string,
): AsyncGenerator<ScratchValue[]> {
  const sql = `SELECT ${list.map((one) => one.sql).join(', ')} FROM ${from}`;
  for await (const rows of session.stream(sql, (texts) => texts, table)) {
    yield rows.flatMap((row) =>
      list.flatMap(({ at, encoding }, index) => {
        const text = row[index];
        return typeof text === 'string' ? [{ column: at, bytes: Buffer.from(text, encoding) }] : [];
      }),
    );
  }
}
