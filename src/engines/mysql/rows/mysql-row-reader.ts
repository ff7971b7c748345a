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
import { selectOfOthers, selectStray } from './reference-sql.js';
import { textLiteral } from './literals.js';
import { rowDecoder } from './row-decoder.js';
import type { RowSession } from './row-session.js';
import { orderList, readList, selectOwned } from './select-sql.js';
import { ColumnCatalog, type TableColumns } from './table-columns.js';

export class MysqlRowReader implements RowReader {
  protected readonly catalog: ColumnCatalog;

  constructor(protected readonly session: RowSession) {
    this.catalog = new ColumnCatalog(session);
  }

  read(selection: RowSelection): AsyncIterable<Row[]> {
    return this.stream(selection, false);
  }

  protected async *stream(selection: RowSelection, forUpdate: boolean): AsyncGenerator<Row[]> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const decoder = rowDecoder(columns(selection.table), selection.columns);
    yield* this.session.stream(selectOwned(selection, columns, forUpdate), decoder, selection.table);
  }

  async strayRows(selection: RowSelection, reference: Reference, limit: number): Promise<Row[]> {
    const parents = tablesOf({ ...selection, owner: { kind: 'references', anyOf: [reference] } });
    const columns = await this.catalog.ofAll([...tablesOf(selection), ...parents]);
    const sql = selectStray(selection, reference, columns, limit);
    return this.cells(sql, columns(selection.table), selection.columns);
  }

  async rowsOfOthers(selection: RowSelection, column: string, cells: Cell[]): Promise<Row[]> {
    const columns = await this.catalog.ofAll(tablesOf(selection));
    const sql = selectOfOthers(
      selection,
      columns,
      listConditions(columns(selection.table), { anyOf: { column, cells } }),
    );
    return this.cells(sql, columns(selection.table), selection.columns);
  }

  async list(query: ListQuery): Promise<Row[]> {
    const columns = await this.catalog.of(query.table);
    const order = query.orderBy.length > 0 ? ` ORDER BY ${orderList(columns, query.orderBy).join(', ')}` : '';
    const sql =
      `SELECT ${readList(columns, query.columns)} FROM ${quoteName(query.table)} t ` +
      `WHERE ${listConditions(columns, query).join(' AND ')}${order} LIMIT ${query.limit} OFFSET ${query.offset ?? 0}`;
    return this.cells(sql, columns, query.columns);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.session.rows<[number]>(`SELECT COUNT(*) FROM ${quoteName(table)}`, table);
    return Number(row?.[0]);
  }

  async values({ table, column, except, limit }: ValuesQuery): Promise<CountedValue[]> {
    const columns = await this.catalog.of(table);
    const name = `t.${quoteName(column)}`;
    const others = listConditions(columns, { anyOf: { column, cells: except } }).join(' AND ');
    const decoder = rowDecoder(columns, [column]);
    const found = await this.session.rows<[unknown, number]>(
      `SELECT ${readList(columns, [column])}, COUNT(*) FROM ${quoteName(table)} t WHERE ${name} IS NOT NULL AND NOT (${others}) ` +
        `GROUP BY ${name} ORDER BY COUNT(*) DESC, ${name} LIMIT ${limit}`,
      table,
    );
    return found.map(([value, rows]) => ({ cell: decoder.decode([value])[0] ?? null, rows: Number(rows) }));
  }

  async greatest(columns: readonly ColumnOfTable[]): Promise<(bigint | null)[]> {
    if (columns.length === 0) return [];
    const upcoming = await this.#upcomingIds(columns);
    const each = columns.map(
      ({ table, column }) => `(SELECT CAST(MAX(${quoteName(column)}) AS CHAR) FROM ${quoteName(table)})`,
    );
    const [held = []] = await this.session.rows<unknown[]>(`SELECT ${each.join(', ')}`);
    return columns.map(({ table, column }, at) => {
      const most = wholeNumber(held[at]);
      const next = upcoming.get(`${table}.${column}`) ?? null;
      return next !== null && (most === null || next > most) ? next - 1n : most;
    });
  }

  /** What AUTO_INCREMENT hands out next, by `table.column`. */
  async #upcomingIds(columns: readonly ColumnOfTable[]): Promise<Map<string, bigint | null>> {
    const tables = [...new Set(columns.map(({ table }) => textLiteral(table) ?? "''"))];
    const rows = await this.session.rows<[string, string, unknown]>(
      'SELECT t.table_name, c.column_name, CAST(t.auto_increment AS CHAR) FROM information_schema.tables t ' +
        'JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name ' +
        `WHERE t.table_schema = DATABASE() AND t.table_name IN (${tables.join(', ')}) ` +
        "AND c.table_schema = DATABASE() AND c.extra LIKE '%auto_increment%'",
    );
    return new Map(rows.map(([table, column, next]) => [`${table}.${column}`, wholeNumber(next)]));
  }

  protected async cells(sql: string, columns: TableColumns, names: readonly string[]): Promise<Row[]> {
    const decoder = rowDecoder(columns, names);
    return (await this.session.rows<unknown[]>(sql, columns.table)).map((row) => decoder.decode(row));
  }
}

function listConditions(
  columns: TableColumns,
  { where = {}, anyOf }: Pick<ListQuery, 'where' | 'anyOf'>,
): string[] {
  const conditions = Object.entries(where).map(([name, cell]) => {
    if (cell === null) return `t.${quoteName(name)} IS NULL`;
    const literal = columns.compared(name, cell);
    return literal === undefined ? 'FALSE' : `t.${quoteName(name)} = ${literal}`;
  });
  if (anyOf) {
    const { column, cells } = anyOf;
    const literals = cells.flatMap((cell) => (cell === null ? [] : (columns.compared(column, cell) ?? [])));
    conditions.push(literals.length === 0 ? 'FALSE' : `t.${quoteName(column)} IN (${literals.join(', ')})`);
  }
  return conditions.length === 0 ? ['TRUE'] : conditions;
}

function wholeNumber(text: unknown): bigint | null {
  return typeof text === 'string' ? BigInt(text) : null;
}
