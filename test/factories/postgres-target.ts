import { temporaryDatabase } from '../support/postgres.js';
import { inPostgres } from './postgres-dialect.js';
import type { Target } from './target.js';

export async function postgresTarget(server: { url: string }): Promise<Target> {
  const { query, url, drop } = await temporaryDatabase(server);
  const run = async (sql: string) => {
    for (const statement of inPostgres(sql)) await query(statement);
  };
  return {
    kind: 'postgres',
    url,
    run,
    runUnchecked: async (sql) => {
      await query('SET session_replication_role = replica');
      await run(sql);
      await query('SET session_replication_role = origin');
    },
    rows: async (sql) =>
      (await query(inPostgres(sql).join('; '))).map((row) =>
        row.map((value) => JSON.stringify(value)).join('|'),
      ),
    tables: async () => {
      const found = await query(
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
      );
      return found.map(([name]) => String(name));
    },
    drop,
  };
}
