import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RowDataPacket,
} from 'mysql2/promise';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import type { MysqlAddress } from './address.js';

const connectTimeoutMs = 10_000;

function connectionOptions(address: MysqlAddress, schema?: string | null): ConnectionOptions {
  return {
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: connectTimeoutMs,
    supportBigNumbers: true,
    ...(schema !== null && { database: schema ?? address.database }),
    ...(address.tls && { ssl: {} }),
  };
}

/**
 * Opens a connection. `schema`: another schema than the address's; null for none. Throws DomainError
 * `database-unreachable` with a sentence that names neither host nor user nor password.
 */
export async function connect(
  address: MysqlAddress,
  options: { schema?: string | null } & ConnectionOptions = {},
): Promise<Connection> {
  const { schema, ...more } = options;
  try {
    const connection = await createConnection({ ...connectionOptions(address, schema), ...more });
    // A connection that is cut while idle emits; the next query fails with the reason.
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Opens a connection for the time of `work`. One that is lost meanwhile is DomainError `database-unreachable`, too. */
export async function withConnection<T>(
  address: MysqlAddress,
  work: (connection: Connection) => Promise<T>,
  options: { schema?: string | null } & ConnectionOptions = {},
): Promise<T> {
  const connection = await connect(address, options);
  try {
    return await work(connection);
  } catch (error) {
    throw isLost(error) && !isDomainError(error) ? unreachable(error) : error;
  } finally {
    connection.destroy();
  }
}

/** Rows as objects; `T` says their shape. */
export async function select<T>(connection: Connection, sql: string, values: unknown[] = []): Promise<T[]> {
  const [rows] = await connection.query<(RowDataPacket & T)[]>(sql, values);
  return rows;
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

const lost = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CONNECTION_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
]);

/** True when the connection is of no more use. */
export function isLost(error: unknown): boolean {
  const fatal = error instanceof Error && 'fatal' in error && error.fatal === true;
  return fatal || lost.has(errorCodeOf(error) ?? '');
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'The database server does not answer (connection refused). Check that it runs.',
  ENOTFOUND: "The database server's host name is not known. Check the connection string.",
  ETIMEDOUT: 'The database server does not answer (timed out). Check that it runs and can be reached.',
  ER_ACCESS_DENIED_ERROR:
    'The database server refused the user name or the password. Check the connection string.',
  ER_DBACCESS_DENIED_ERROR:
    'The database user may not use this database. Grant it the privileges of the manual.',
  ER_BAD_DB_ERROR:
    'The database server has no database of that name. Check the connection string; if it was lost, create it empty, and restore.',
  ER_CON_COUNT_ERROR: 'The database server has too many connections. Try again later.',
  HANDSHAKE_NO_SSL_SUPPORT: 'The database server offers no TLS, which the connection string asks for.',
};

export function unreachable(error: unknown): DomainError {
  const detail =
    reasons[errorCodeOf(error) ?? ''] ??
    `The connection to the database server failed (${errorCodeOf(error) ?? 'no reason given'}).`;
  return new DomainError('database-unreachable', detail, { cause: error });
}
