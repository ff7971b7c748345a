import type { Connection } from 'mysql2/promise';
import type { ColumnOfTable, DatabaseSchema } from '../../rows.types.js';
import type { ScratchValue } from '../../scratch.types.js';
import { quoteName } from '../connection.js';
import { coreOf, cut } from '../rows/row-connection.js';

const batchRows = 500;

/** Types whose bytes are no text; a dump writes them in hexadecimal. */
const bytes = /^(var)?binary|blob|^bit|geometry|point|linestring|polygon/;

/** Reads whole tables, one after the other, each once. The connection is used up. */
export async function* columnValues(
  connection: Connection,
  { tables }: DatabaseSchema,
  columns: readonly ColumnOfTable[],
): AsyncGenerator<ScratchValue[]> {
  await connection.query("SET SESSION time_zone = '+00:00', net_write_timeout = 600");
  const core = coreOf(connection);
  try {
    for (const table of tables) {
      const wanted = columns.flatMap(({ table: name, column }, at) => {
        const schema = table.columns.find((one) => one.name === column);
        return name === table.name && schema ? [{ at, sql: valueSql(column, schema.type) }] : [];
      });
      if (wanted.length === 0) continue;
      const list = wanted.map(({ sql }) => sql).join(', ');
      const query = core.query({
        sql: `SELECT ${list} FROM ${quoteName(table.name)}`,
        rowsAsArray: true,
        typeCast: (field) => field.buffer(),
      });
      let batch: ScratchValue[] = [];
      for await (const row of query.stream({ highWaterMark: batchRows })) {
        (row as (Buffer | null)[]).forEach((value, index) => {
          const column = wanted[index]?.at;
          if (value && column !== undefined) batch.push({ column, bytes: value });
        });
        if (batch.length < batchRows) continue;
        yield batch;
        batch = [];
      }
      yield batch;
    }
  } finally {
    cut(core);
  }
}

/** As the dump writes it: text in UTF-8, numbers and times as the server prints them. */
function valueSql(column: string, type: string): string {
  const name = quoteName(column);
  if (bytes.test(type)) return name;
  return `CAST(CONVERT(CAST(${name} AS CHAR CHARACTER SET utf8mb4) USING utf8mb4) AS BINARY)`;
}
