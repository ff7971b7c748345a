import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnPostgres } from '../support/postgres.js';
import { describeOnServers, temporarySchema, type TestServer } from '../support/servers.js';
import { postgresTarget } from './postgres-target.js';

export type EngineName = 'SQLite' | 'PostgreSQL' | TestServer['name'];

/** An application's database, as the application itself sees it: its connection enforces foreign keys. */
export interface Target {
  kind: 'sqlite' | 'mysql' | 'postgres';
  /** As HOLDFAST_DATABASE_URL takes it. */
  url: string;
  /** One or several statements. */
  run(sql: string): Promise<void>;
  /** As `run`, with foreign keys not enforced. */
  runUnchecked(sql: string): Promise<void>;
  /** Every value exactly, as text that says what it is. */
  rows(sql: string): Promise<string[]>;
  tables(): Promise<string[]>;
  drop(): Promise<void>;
}

type Suite = (engine: EngineName, open: () => Promise<Target>) => void;

/** Runs a suite on SQLite and on each server that was offered. */
export function describeOnEveryEngine(title: string, suite: Suite): void {
  describe(`${title}, on SQLite`, () => suite('SQLite', sqliteTarget));
  describeOnServers(title, (server) => suite(server.name, () => mysqlTarget(server)));
  describeOnPostgres(title, (server) => suite('PostgreSQL', () => postgresTarget(server)));
}

/**
 * As `describeOnEveryEngine`, but on PostgreSQL only with HOLDFAST_TEST_ALL_ENGINES=1: what differs there is tried by
 * other suites in every run, and an ordinary run must come to an end.
 */
export function describeOnEngines(title: string, suite: Suite): void {
  if (process.env['HOLDFAST_TEST_ALL_ENGINES'] === '1') return describeOnEveryEngine(title, suite);
  describe(`${title}, on SQLite`, () => suite('SQLite', sqliteTarget));
  describeOnServers(title, (server) => suite(server.name, () => mysqlTarget(server)));
}

/**
 * For what is decided above the engines, and by other suites tried on each: on SQLite, and with HOLDFAST_TEST_ALL_ENGINES=1
 * on every engine.
 */
export function describeAboveEngines(title: string, suite: Suite): void {
  if (process.env['HOLDFAST_TEST_ALL_ENGINES'] === '1') return describeOnEveryEngine(title, suite);
  describe(`${title}, on SQLite`, () => suite('SQLite', sqliteTarget));
}

export async function sqliteTarget(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-target-'));
  const path = join(folder, 'app.db');
  const connection = new Database(path, { timeout: 5_000 });
  connection.pragma('journal_mode = WAL');
  connection.pragma('foreign_keys = ON');
  const rows = (sql: string) =>
    connection
      .prepare<[], unknown[]>(sql)
      .raw()
      .safeIntegers()
      .all()
      .map((row) => row.map(sqliteText).join('|'));
  return {
    kind: 'sqlite',
    url: `sqlite:${path}`,
    run: async (sql) => void connection.exec(sql),
    runUnchecked: async (sql) =>
      void connection.exec(`PRAGMA foreign_keys = OFF; ${sql}; PRAGMA foreign_keys = ON`),
    rows: async (sql) => rows(sql),
    tables: async () =>
      connection
        .prepare<[], string>(
          `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
        )
        .pluck()
        .all(),
    drop: async () => {
      connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sqliteText(value: unknown): string {
  if (Buffer.isBuffer(value)) return `X'${value.toString('hex')}'`;
  return typeof value === 'number'
    ? `real ${value}`
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value);
}

export async function mysqlTarget(server: { url: string }): Promise<Target> {
  const { connection, url, drop } = await temporarySchema(server);
  const rows = async (sql: string) => {
    // Without its type cast the driver hands over the bytes of each value.
    const [found] = await connection.query({ sql, rowsAsArray: true, typeCast: false });
    return (found as (Buffer | null)[][]).map((row) => row.map(mysqlText).join('|'));
  };
  return {
    kind: 'mysql',
    url,
    run: async (sql) => void (await connection.query(sql)),
    runUnchecked: async (sql) =>
      void (await connection.query(`SET foreign_key_checks = 0; ${sql}; SET foreign_key_checks = 1`)),
    rows,
    tables: async () => {
      const [found] = await connection.query({
        sql: `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()
          AND table_type = 'BASE TABLE' ORDER BY table_name`,
        rowsAsArray: true,
      });
      return (found as unknown as [string][]).map(([name]) => name);
    },
    drop,
  };
}

function mysqlText(value: Buffer | null): string {
  if (value === null) return 'null';
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? JSON.stringify(text) : `X'${value.toString('hex')}'`;
}

/** All rows of all tables, each table's in an order of its own, to be compared with a later state. */
export async function everything(target: Target): Promise<Record<string, string[]>> {
  const quote = (name: string) =>
    target.kind === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
  const found: Record<string, string[]> = {};
  for (const name of await target.tables()) {
    found[name] = (await target.rows(`SELECT * FROM ${quote(name)}`)).sort();
  }
  return found;
}
