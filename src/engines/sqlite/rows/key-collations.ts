import type { Connection } from '../connection.js';
import { quoteName } from './quote-name.js';
import { isIntegerType, readColumns } from './schema.js';

/** What is written behind a column that refers to this key: ` COLLATE "NOCASE"`, or nothing where that makes no difference. */
export type Collate = (table: string, column: string) => string;

export const noCollations: Collate = () => '';

/**
 * A foreign key of SQLite goes by the collation of the key, a comparison by that of its left side: a looser one would find
 * `ABC` for the project `abc`, whose rows those are not.
 */
export function keyCollations(connection: Connection): Collate {
  const saying = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%collate%' LIMIT 1`;
  if (!connection.prepare(saying).get()) return noCollations;
  const known = new Map<string, string>();
  return (table, column) => {
    const place = JSON.stringify([table, column]);
    const collate = known.get(place) ?? collateOf(connection, table, column);
    known.set(place, collate);
    return collate;
  };
}

function collateOf(connection: Connection, table: string, column: string): string {
  const type = readColumns(connection, table).find(({ name }) => name === column)?.type ?? '';
  if (isIntegerType(type)) return '';
  // A key has an index; one that was made for it says its own collation.
  const collation = connection
    .prepare<[string, string], string>(
      `SELECT x.coll FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x
       WHERE l."unique" = 1 AND x.key = 1 AND x.name = ? ORDER BY l.origin = 'c' LIMIT 1`,
    )
    .pluck()
    .get(table, column);
  return ` COLLATE ${quoteName(collation ?? 'BINARY')}`;
}
