import Database from 'better-sqlite3';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { SqliteEngine } from '../../src/engines/sqlite/sqlite-engine.js';
import type { ContractDatabase, ContractHarness } from './harness.types.js';

/** What the file is before the engine sees it. */
export interface SqliteFlavour {
  journalMode: 'delete' | 'wal';
  pageSize?: number;
  encoding?: 'UTF-16le';
}

export interface SqliteContractDatabase extends ContractDatabase {
  path: string;
  folder: string;
  connection: Database.Database;
}

export function sqliteHarness(flavour: SqliteFlavour) {
  return {
    createDatabase: () => createSqliteDatabase(flavour),
    unreachable: () =>
      new SqliteEngine({ engine: 'sqlite', path: '/nonexistent/folder/app.db' }, new Clock()),
    rehearsesAlone: true,
    quote: (name: string) => `"${name.replaceAll('"', '""')}"`,
  } satisfies ContractHarness;
}

/** The application's connection stays open all the time, as a real one would. */
export async function createSqliteDatabase(flavour: SqliteFlavour): Promise<SqliteContractDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sqlite-'));
  const path = join(folder, 'app.db');
  const connection = new Database(path, { timeout: 2_000 });
  if (flavour.pageSize) connection.pragma(`page_size = ${flavour.pageSize}`);
  if (flavour.encoding) connection.pragma(`encoding = '${flavour.encoding}'`);
  connection.pragma(`journal_mode = ${flavour.journalMode}`);
  connection.pragma('foreign_keys = OFF');
  const connect = () => new SqliteEngine({ engine: 'sqlite', path }, new Clock());
  const query = (sql: string) =>
    Promise.resolve(connection.prepare<[], unknown[]>(sql).raw().safeIntegers().all());
  return {
    path,
    folder,
    connection,
    engine: connect(),
    connect,
    exec: async (sql) => void connection.exec(sql),
    query,
    tables: async () => {
      const named = await query(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
      );
      return named.map(([name]) => String(name)).sort();
    },
    leftovers: async (id) => (await readdir(folder)).filter((name) => name.includes(id)),
    drop: async () => {
      connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
