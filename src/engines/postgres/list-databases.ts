import type { PostgresAddress } from '../../config/postgres-url.js';
import { select } from './connection.js';
import { onServer } from './maintenance.js';
import { isCompanion } from './names.js';
import { serverError } from './server-errors.js';

/** What the account may connect to, in the order of the alphabet. Throws DomainError `database-unreachable`. */
export async function listPostgresDatabases(address: PostgresAddress): Promise<string[]> {
  const rows = await onServer(address, (connection) =>
    select<[string]>(
      connection,
      `SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn
         AND has_database_privilege(datname, 'CONNECT') ORDER BY datname COLLATE "C"`,
    ),
  ).catch((error: unknown) => {
    throw serverError(error);
  });
  return rows.map(([name]) => name).filter((name) => name !== 'postgres' && !isCompanion(name));
}
