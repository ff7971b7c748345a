import type { MysqlAddress } from './address.js';
import { select, withConnection } from './connection.js';
import { isCompanion } from './names.js';

const serversOwn = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

/** What the account may see, in the order of the alphabet. Throws DomainError `database-unreachable`. */
export async function listMysqlDatabases(address: MysqlAddress): Promise<string[]> {
  const rows = await withConnection(
    address,
    (connection) =>
      select<{ name: string }>(
        connection,
        'SELECT schema_name AS name FROM information_schema.schemata ORDER BY schema_name',
      ),
    { schema: null },
  );
  return rows
    .map(({ name }) => name)
    .filter((name) => !serversOwn.has(name.toLowerCase()) && !isCompanion(name));
}
