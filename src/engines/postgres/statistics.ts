import type { PostgresAddress } from '../../config/postgres-url.js';
import { quoteName, select, withConnection } from './connection.js';
import { ownSchema } from './database-objects.js';

/** A partitioned table brings its partitions along. */
const tablesSql = `SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relpersistence <> 't' AND ${ownSchema} ORDER BY 1, 2`;

/** A dump holds no statistics of the rows, without which the planner guesses, and may take seconds for milliseconds. */
export async function gatherStatistics(address: PostgresAddress): Promise<void> {
  await withConnection(address, async (connection) => {
    for (const [schema, name] of await select<[string, string]>(connection, tablesSql)) {
      await connection.query(`ANALYZE ${quoteName(schema)}.${quoteName(name)}`);
    }
  });
}
