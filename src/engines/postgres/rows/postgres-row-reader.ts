import { anyOf } from '../../sql-conditions.js';
import { tablesOf } from '../../ownership-walk.js';
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
import { quoteName } from '../connection.js';
import { column } from './comparison-sql.js';
import { selectOfOthers, selectStray } from './reference-sql.js';
import { rowDecoder } from './row-decoder.js';
import type { RowSession } from './row-session.js';
import { orderBy, readList, selectOwned } from './select-sql.js';
import { sequencesOf } from './sequences.js';
import { ColumnCatalog, type TableColumns } from './table-columns.js';

export class PostgresRowReader implements RowReader {
  protected readonly catalog: ColumnCatalog;

  constructor(protected readonly session: RowSession) {
    this.catalog = new ColumnCatalog(session);
  }

  async *read(selection: RowSelection): AsyncGenerator<Row[]> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const decoder = rowDecoder(columns(selection.table), selection.columns);
    yield* this.session.stream(selectOwned(selection, columns), decoder, selection.table);
  }

  async strayRows(selection: RowSelection, reference: Reference, limit: number): Promise<Row[]> {
    const parents = tablesOf({ ...selection, owner: { kind: 'references', anyOf: [reference] } });
    const columns = await this.catalog.ofAll([...tablesOf(selection), ...parents]);
    const sql = selectStray(selection, reference, columns, limit);
    return this.cells(sql, columns(selection.table), selection.columns);
  }

  async rowsOfOthers(selection: RowSelection, name: string, cells: Cell[]): Promise<Row[]> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const own = columns(selection.table);
    const sql = selectOfOthers(selection, columns, [oneOf(own, name, cells)]);
    return this.cells(sql, own, selection.columns);
  }

  async list(query: ListQuery): Promise<Row[]> {
    const columns = await this.catalog.of(query.table);
    const sql =
      `SELECT ${readList(columns, query.columns)} FROM ${quoteName(query.table)} t ` +
      `WHERE ${listConditions(columns, query).join(' AND ')}${orderBy(columns, query.orderBy)} ` +
      `LIMIT ${query.limit} OFFSET ${query.offset ?? 0}`;
    return this.cells(sql, columns, query.columns);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.session.rows<[string]>(`SELECT count(*) FROM ${quoteName(table)}`, table);
    return Number(row?.[0]);
  }

  async values({ table, column: name, except, limit }: ValuesQuery): Promise<CountedValue[]> {
    const columns = await this.catalog.of(table);
    const own = column('t', name);
    const { read, order } = columns.kind(name);
    const decode = rowDecoder(columns, [name]);
    // By the value's text: some types have no equality.
    const found = await this.session.rows<[string, string]>(
      `SELECT ${read(own)}, count(*) FROM ${quoteName(table)} t
       WHERE ${own} IS NOT NULL AND NOT (${oneOf(columns, name, except)})
       GROUP BY ${read(own)}, ${order(own)} ORDER BY count(*) DESC, ${order(own)} LIMIT ${limit}`,
      table,
    );
    return found.map(([value, rows]) => ({ cell: decode([value])[0] ?? null, rows: Number(rows) }));
  }

  async greatest(columns: readonly ColumnOfTable[]): Promise<(bigint | null)[]> {
    const found: (bigint | null)[] = [];
    for (const { table, column: name } of columns) {
      const sequence = (await sequencesOf(this.session, table)).get(name);
      // A sequence is read as it is now, whatever the snapshot.
      const handedOut = sequence ? `(SELECT last_value FROM ${sequence} WHERE is_called)` : 'NULL::bigint';
      const [row] = await this.session.rows<[string | null]>(
        `SELECT GREATEST((SELECT max(${quoteName(name)}) FROM ${quoteName(table)}), ${handedOut})`,
        table,
      );
      found.push(row?.[0] ? BigInt(row[0]) : null);
    }
    return found;
  }

  protected async cells(sql: string, columns: TableColumns, names: readonly string[]): Promise<Row[]> {
    const decode = rowDecoder(columns, names);
    return (await this.session.rows<(string | null)[]>(sql, columns.table)).map(decode);
  }
}

function listConditions(
  columns: TableColumns,
  { where = {}, anyOf: some }: Pick<ListQuery, 'where' | 'anyOf'>,
): string[] {
  const conditions = Object.entries(where).map(([name, cell]) =>
    cell === null ? `${column('t', name)} IS NULL` : columns.equals('t', name, cell),
  );
  if (some) conditions.push(oneOf(columns, some.column, some.cells));
  return conditions.length === 0 ? ['TRUE'] : conditions;
}

function oneOf(columns: TableColumns, name: string, cells: readonly Cell[]): string {
  return anyOf(cells.flatMap((cell) => (cell === null ? [] : [columns.equals('t', name, cell)])));
}
