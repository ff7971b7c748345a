import type { Application, ApplicationColumn, ApplicationTable, ColumnType } from './application.js';

type Kind = 'sqlite' | 'mysql' | 'postgres';
export type Value = string | number | null;
export type Row = Record<string, Value>;

const sqlTypes: Record<ColumnType, string> = {
  int: 'BIGINT',
  text: 'VARCHAR(120)',
  long: 'TEXT',
  decimal: 'DECIMAL(20,6)',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'DATETIME',
  bool: 'TINYINT',
  uuid: 'CHAR(36)',
};

/** The statements that make the tables. The servers learn of references to later tables at the end. */
export function tablesSql({ tables }: Application, kind: Kind): string {
  const made = new Set<string>();
  const later: string[] = [];
  const statements = tables.map((table) => {
    made.add(table.name);
    const foreign = table.columns.flatMap(({ name, reference }) => {
      const [target] = reference?.targets ?? [];
      if (!reference?.enforced || !target) return [];
      const sql = `FOREIGN KEY (${quote(name)}) REFERENCES ${quote(target.table)} (${quote(target.column)}) ON DELETE ${reference.onDelete}`;
      if (kind === 'sqlite' || made.has(target.table)) return [sql];
      later.push(`ALTER TABLE ${quote(table.name)} ADD ${sql}`);
      return [];
    });
    const parts = [
      ...table.columns.map(
        (column) =>
          `${quote(column.name)} ${sqlTypes[typeOf(column, tables)]}${column.nullable ? '' : ' NOT NULL'}`,
      ),
      ...(table.key.length > 0 ? [`PRIMARY KEY (${table.key.map(quote).join(', ')})`] : []),
      ...table.unique.map((columns) => `UNIQUE (${columns.map(quote).join(', ')})`),
      ...foreign,
    ];
    return `CREATE TABLE ${quote(table.name)} (${parts.join(', ')})`;
  });
  return [...statements, ...later].join('; ');
}

export function typeOf({ type, reference }: ApplicationColumn, tables: ApplicationTable[]): ColumnType {
  if (type) return type;
  const [target] = reference?.targets ?? [];
  const column = tables
    .find(({ name }) => name === target?.table)
    ?.columns.find(({ name }) => name === target?.column);
  if (!column) throw new Error(`There is no ${target?.table ?? '?'}.${target?.column ?? '?'}`);
  return typeOf(column, tables);
}

export function insertSql(table: string, rows: readonly Row[], kind: Kind): string {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => `(${columns.map((name) => literal(row[name] ?? null, kind)).join(', ')})`);
  return `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES ${values.join(', ')}`;
}

/** Finds a row by its key, or by all that it is when it has none. */
export function whereSql({ key }: ApplicationTable, row: Row, kind: Kind): string {
  const columns = key.length > 0 ? key : Object.keys(row);
  return columns
    .map((name) => {
      const value = row[name] ?? null;
      return value === null ? `${quote(name)} IS NULL` : `${quote(name)} = ${literal(value, kind)}`;
    })
    .join(' AND ');
}

export function literal(value: Value, kind: Kind): string {
  if (typeof value !== 'string') return String(value);
  const text = value.replaceAll("'", "''");
  return `'${kind === 'mysql' ? text.replaceAll('\\', '\\\\') : text}'`;
}

export function quote(name: string): string {
  return `\`${name}\``;
}
