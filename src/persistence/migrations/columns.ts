import { type QueryRunner, Table, TableColumn, type TableColumnOptions, type TableOptions } from 'typeorm';

/** Column shorthands that mean the same in SQLite and MySQL. */
export const id: TableColumnOptions = {
  name: 'id',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
};

export function text(
  name: string,
  length: number,
  more: Partial<TableColumnOptions> = {},
): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), ...more };
}

export function longText(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'text', isNullable: true, ...more };
}

export function instant(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'varchar', length: '24', ...more };
}

export function whole(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'integer', ...more };
}

export function bytes(name: string): TableColumnOptions {
  return { name, type: 'bigint', isNullable: true };
}

export const nullable = { isNullable: true };

export async function createTable(runner: QueryRunner, options: TableOptions): Promise<void> {
  await runner.createTable(new Table({ ...options, columns: (options.columns ?? []).map(adapter(runner)) }));
}

/** Nullable ones, without a default. In SQLite by a statement of its own: TypeORM would copy the whole table. */
export async function addColumns(
  runner: QueryRunner,
  table: string,
  columns: readonly TableColumnOptions[],
): Promise<void> {
  for (const column of columns) {
    if (runner.connection.options.type === 'mysql') {
      await runner.addColumn(table, new TableColumn(forMysql(column)));
    } else {
      await runner.query(`ALTER TABLE "${table}" ADD COLUMN "${column.name}" ${column.type}`);
    }
  }
}

function adapter(runner: QueryRunner): (column: TableColumnOptions) => TableColumnOptions {
  return runner.connection.options.type === 'mysql' ? forMysql : unchanged;
}

/**
 * Text compares by its bytes in every catalogue (MySQL's default would take `ABC` for `abc`) and has no length that
 * counts (MySQL's TEXT ends at 64 KB, which the tables of a wide schema are longer than).
 */
function forMysql(column: TableColumnOptions): TableColumnOptions {
  if (!['varchar', 'text'].includes(column.type)) return column;
  const type = column.type === 'text' ? 'longtext' : column.type;
  return { ...column, type, charset: 'utf8mb4', collation: 'utf8mb4_bin' };
}

function unchanged(column: TableColumnOptions): TableColumnOptions {
  return column;
}
