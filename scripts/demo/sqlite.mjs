import Database from 'better-sqlite3';

/** The demo's own way into the SQLite file, past the service. */
export function openSqlite(path) {
  const database = new Database(path, { timeout: 10_000 });
  database.pragma('foreign_keys = ON');
  return {
    rows: async (sql, values = []) =>
      database
        .prepare(sql)
        .raw()
        .all(...values),
    run: async (sql) => database.prepare(sql).run().changes,
    close: async () => database.close(),
  };
}
