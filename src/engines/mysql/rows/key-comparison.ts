import type { Link } from '../../rows.types.js';
import type { Columns, ColumnText, TableColumns } from './table-columns.js';

/** What is done to the SQL of two columns, so that `=` and IN take for equal what the key itself does. */
export interface KeyComparison {
  referring: (sql: string) => string;
  key: (sql: string) => string;
}

interface KeyColumn {
  columns: TableColumns;
  name: string;
}

const bare = (sql: string) => sql;
const exactly = { characterSet: 'utf8mb4', collation: 'utf8mb4_bin' };

/**
 * How a column is compared with the key to which it refers. A foreign key holds both to one type and one collation; where
 * only a scope file says the reference, the server would go by the looser collation (`ABC` for the project `abc`), and
 * compare texts with numbers as doubles (`1x` for 1, and 2^53 for 2^53 + 1): rows of others would be found.
 */
export function keyComparison(referring: KeyColumn, key: KeyColumn): KeyComparison {
  const [from, to] = [textOf(referring), textOf(key)];
  if (from && to) {
    if (from.collation === to.collation) return { referring: bare, key: bare };
    const how = from.characterSet === to.characterSet ? to : exactly;
    return { referring: (sql) => `${inSet(sql, from, how)} COLLATE ${how.collation}`, key: bare };
  }
  if (from && isWhole(key)) return { referring: bare, key: printed(from) };
  if (to && isWhole(referring)) return { referring: printed(to), key: bare };
  return { referring: bare, key: bare };
}

/** For each pair of columns of a reference of `table`. */
export function comparisons(
  table: string,
  { columns, parent, parentColumns }: Link,
  columnsOf: Columns,
): KeyComparison[] {
  return columns.map((name, at) =>
    keyComparison(
      { columns: columnsOf(table), name },
      { columns: columnsOf(parent), name: parentColumns[at] ?? '' },
    ),
  );
}

export function referringOf(comparison: KeyComparison | undefined, sql: string): string {
  return comparison ? comparison.referring(sql) : sql;
}

export function keyOf(comparison: KeyComparison | undefined, sql: string): string {
  return comparison ? comparison.key(sql) : sql;
}

function inSet(sql: string, from: ColumnText, how: ColumnText): string {
  return from.characterSet === how.characterSet ? sql : `CONVERT(${sql} USING ${how.characterSet})`;
}

/** In the collation of the other column, whose index serves then. */
function printed({ characterSet, collation }: ColumnText): (sql: string) => string {
  return (sql) => `CONVERT(CAST(${sql} AS CHAR) USING ${characterSet}) COLLATE ${collation}`;
}

function textOf({ columns, name }: KeyColumn): ColumnText | null {
  return columns.text(name);
}

function isWhole({ columns, name }: KeyColumn): boolean {
  return columns.compared(name, 0) === '0';
}
