import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '../../../common/errors.js';
import type { Cell, Row } from '../../rows.types.js';
import type { Connection } from '../connection.js';
import { type DriverValue, DoubtfulText, fromCell, textCell, toCell } from './cells.js';
import { carefulSelectSql, type Query, selectSql } from './row-sql.js';

export interface Parameters {
  rootKey?: Cell;
  /** For the `?` of the query, in their order. */
  values?: readonly Cell[];
}

type Parser = (values: DriverValue[]) => Row;

const batchSize = 500;

/**
 * The rows of a query in batches; other work gets its turn between two. While it is being read, SQLite's driver lets
 * nothing else be asked on the connection.
 *
 * The driver replaces bytes that are not UTF-8 without a word. Where a character looks like that, reading goes on from
 * there with text read as bytes. Throws DomainError `database-refused` for text that is no UTF-8.
 */
export async function* rowBatches(
  connection: Connection,
  query: Query,
  parameters: Parameters,
): AsyncGenerator<Row[]> {
  let seen = 0;
  try {
    for await (const batch of batches(connection, selectSql(query), parameters, (values) =>
      values.map(toCell),
    )) {
      seen += batch.length;
      yield batch;
    }
  } catch (error) {
    if (!(error instanceof DoubtfulText)) throw error;
    yield* batches(connection, carefulSelectSql(query), parameters, carefulParser(query), seen);
  }
}

/** All rows of a query that is known to have few. */
export async function allRows(connection: Connection, query: Query, parameters: Parameters): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of rowBatches(connection, query, parameters)) rows.push(...batch);
  return rows;
}

/** Parameters as the driver takes them: the positional ones, and an object with the named one. */
export function bound({ rootKey = null, values = [] }: Parameters): unknown[] {
  return [...values.map(fromCell), { root: fromCell(rootKey) }];
}

async function* batches(
  connection: Connection,
  sql: string,
  parameters: Parameters,
  parse: Parser,
  skip = 0,
): AsyncGenerator<Row[]> {
  const statement = connection.prepare<unknown[], DriverValue[]>(sql).raw().safeIntegers();
  let batch: Row[] = [];
  let passed = 0;
  for (const values of statement.iterate(...bound(parameters))) {
    passed += 1;
    if (passed <= skip) continue;
    batch.push(parse(values));
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
    await nextTurn();
  }
  if (batch.length > 0) yield batch;
}

/** For rows of `carefulSelectSql`. */
function carefulParser({ table, columns }: Query): Parser {
  return (values) =>
    columns.map((column, at) => {
      const value = values[2 * at] ?? null;
      if (values[2 * at + 1] !== 1n) return toCell(value);
      try {
        return textCell(value as Buffer);
      } catch (cause) {
        throw new DomainError(
          'database-refused',
          `The column ${column} of the table ${table} holds text that is not valid UTF-8, which a project backup ` +
            'cannot carry. Correct it, or make a full backup.',
          { cause },
        );
      }
    });
}
