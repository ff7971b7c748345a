import type { PostgresAddress } from '../../config/postgres-url.js';
import { type Connection, withConnection } from './connection.js';

/**
 * The database from which others are created, renamed and dropped: nobody may be connected to those. It is the same for
 * all that work on one database, so that locks that are taken in it exclude each other.
 */
export function maintenanceDatabase({ database }: PostgresAddress): string {
  return database === 'postgres' ? 'template1' : 'postgres';
}

export function onServer<T>(
  address: PostgresAddress,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return withConnection(address, work, maintenanceDatabase(address));
}
