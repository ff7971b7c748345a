import { isUtf8 } from 'node:buffer';
import type {
  Cell,
  ColumnOfTable,
  CountedValue,
  ListQuery,
  Reference,
  Row,
  RowReader,
  RowSelection,
  ValuesQuery,
} from '../../rows.types.js';
import type { Connection } from '../connection.js';
import { type DriverValue, fromCell, textCell, toCell } from './cells.js';
import { type Collate, keyCollations } from './key-collations.js';
import { quoteName } from './quote-name.js';
import { countedValues, listRows, ownedRows, rowsOfOthers, strayRows } from './row-sql.js';
import { allRows, rowBatches } from './row-stream.js';
import { isIntegerType, readColumns } from './schema.js';

export class SqliteRowReader implements RowReader {
  readonly #integers = new Map<string, Set<string>>();
  readonly #streams = new Set<AsyncGenerator<Row[]>>();

  protected readonly collate: Collate;

  constructor(protected readonly connection: Connection) {
    this.collate = keyCollations(connection);
  }

  read(selection: RowSelection): AsyncIterable<Row[]> {
    const { table, rootKey } = selection;
    const rows = rowBatches(this.connection, ownedRows(selection, this.integersOf(table), this.collate), {
      rootKey,
    });
    this.#streams.add(rows);
    return rows;
  }

  strayRows(selection: RowSelection, reference: Reference, limit: number): Promise<Row[]> {
    const query = strayRows(selection, reference, this.integersOf(selection.table), this.collate);
    return allRows(this.connection, query, { rootKey: selection.rootKey, values: [limit] });
  }

  rowsOfOthers(selection: RowSelection, column: string, cells: Cell[]): Promise<Row[]> {
    const query = rowsOfOthers(selection, column, cells.length, this.collate);
    return allRows(this.connection, query, { rootKey: selection.rootKey, values: cells });
  }

  async list(query: ListQuery): Promise<Row[]> {
    const values: Cell[] = [...Object.values(query.where ?? {}), ...(query.anyOf?.cells ?? [])];
    return allRows(this.connection, listRows(query, this.integersOf(query.table)), {
      values: [...values, query.limit, query.offset ?? 0],
    });
  }

  count(table: string): Promise<number> {
    const counted = this.connection
      .prepare<[], number>(`SELECT count(*) FROM ${quoteName(table)}`)
      .pluck()
      .get();
    return Promise.resolve(counted ?? 0);
  }

  values({ except, limit, ...query }: ValuesQuery): Promise<CountedValue[]> {
    const found = this.connection
      .prepare<unknown[], [DriverValue, bigint, bigint]>(countedValues(query, except.length))
      .raw()
      .safeIntegers()
      .all(...except.map(fromCell), limit);
    return Promise.resolve(
      found.map(([value, isText, rows]) => ({
        cell: isText === 1n && isUtf8(value as Buffer) ? textCell(value as Buffer) : toCell(value),
        rows: Number(rows),
      })),
    );
  }

  greatest(columns: readonly ColumnOfTable[]): Promise<(bigint | null)[]> {
    return Promise.resolve(columns.map((column) => this.#greatestOf(column)));
  }

  #greatestOf({ table, column }: ColumnOfTable): bigint | null {
    const name = quoteName(column);
    const held = this.connection
      .prepare<[], bigint | null>(
        `SELECT max(${name}) FROM ${quoteName(table)} WHERE typeof(${name}) = 'integer'`,
      )
      .pluck()
      .safeIntegers()
      .get();
    const handedOut = this.#sequenceOf(table);
    return greater(held ?? null, handedOut);
  }

  /** AUTOINCREMENT remembers the ids of rows that are gone. */
  #sequenceOf(table: string): bigint | null {
    const known = `SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`;
    if (!this.connection.prepare(known).get()) return null;
    const last = 'SELECT seq FROM sqlite_sequence WHERE name = ?';
    return this.connection.prepare<[string], bigint>(last).pluck().safeIntegers().get(table) ?? null;
  }

  /** Ends what was not read to its end; a connection with a statement under way cannot be closed. */
  async end(): Promise<void> {
    for (const rows of this.#streams) await rows.return(undefined);
  }

  /** The columns of a table whose keys are ordered as integers. */
  protected integersOf(table: string): ReadonlySet<string> {
    const known = this.#integers.get(table);
    if (known) return known;
    const columns = readColumns(this.connection, table).filter(({ type }) => isIntegerType(type));
    const integers = new Set(columns.map(({ name }) => name));
    this.#integers.set(table, integers);
    return integers;
  }
}

function greater(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
