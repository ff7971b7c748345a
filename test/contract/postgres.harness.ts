import { parsePostgresUrl } from '../../src/config/postgres-url.js';
import type { Engine } from '../../src/engines/engine.types.js';
import { PostgresEngine } from '../../src/engines/postgres/postgres-engine.js';
import { temporaryDatabase } from '../support/postgres.js';
import type { ContractHarness } from './harness.types.js';

export function postgresHarness(server: { url: string }): ContractHarness {
  return {
    createDatabase: async () => {
      // As a replica, a session does not enforce foreign keys.
      const { url, query, beside, drop } = await temporaryDatabase(
        server,
        'SET session_replication_role = replica',
      );
      return {
        engine: engineOn(url),
        connect: () => engineOn(url),
        exec: async (sql) => void (await query(inPostgres(sql))),
        query: async (sql) => (await query(inPostgres(sql))).map((row) => row.map(asNumber)),
        tables: async () => {
          const named = await query(
            `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
          );
          return named.map(([name]) => String(name));
        },
        leftovers: beside,
        drop,
      };
    },
    unreachable: () => engineOn('postgres://nobody:wrong@127.0.0.1:1/nowhere'),
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
  };
}

function engineOn(url: string): Engine {
  return new PostgresEngine(parsePostgresUrl(url));
}

/** The suites' statements in PostgreSQL's dialect. */
function inPostgres(sql: string): string {
  const trigger = /^CREATE TRIGGER (\w+) (AFTER INSERT ON (\w+)) FOR EACH ROW BEGIN (.+) END$/s.exec(sql);
  if (trigger) {
    const [, name = '', event = '', table = '', body = ''] = trigger;
    // ALWAYS, since sessions without foreign keys are without other triggers, too.
    return `CREATE FUNCTION ${name}_body() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ${body} RETURN NULL; END$$;
      CREATE TRIGGER ${name} ${event} FOR EACH ROW EXECUTE FUNCTION ${name}_body();
      ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${name}`;
  }
  return sql
    .replace(/^DROP TRIGGER area_added$/, 'DROP TRIGGER area_added ON areas')
    .replace(/\bBLOB\b/g, 'BYTEA')
    .replace(/\bx'([0-9A-F]*)'/g, String.raw`'\x$1'`);
}

/** As the other drivers give them; what is beyond 2^53 stays text. */
function asNumber(text: string | null): string | number | null {
  if (text === null || !/^-?\d+$/.test(text)) return text;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
