import pg from 'pg';
import type { PostgresAddress } from '../../config/postgres-url.js';
import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';

export type Connection = pg.Client;

const connectTimeoutMs = 10_000;

/**
 * What every session has, whatever the server's, the database's or the role's settings are: values are printed the same
 * way everywhere and read back as they were, and text in quotes means itself.
 */
const sessionSettings = [
  "SET client_encoding = 'UTF8'",
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  'SET extra_float_digits = 1',
  "SET bytea_output = 'hex'",
  "SET lc_monetary = 'C'",
  'SET standard_conforming_strings = on',
  // Rows that a policy hides would be missing unnoticed; this way it is an error.
  'SET row_security = off',
  // The planner thinks that long recursive statements are worth compiling, which takes it half a minute.
  'SET jit = off',
  'SET statement_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
].join('; ');

/** Values come as the text that the server prints. */
const asText = { getTypeParser: () => (text: string | Buffer) => text };

/**
 * Opens a connection. `database`: another one than the address's. Throws DomainError `database-unreachable` with a
 * sentence that names neither host nor user nor password.
 */
export async function connect(address: PostgresAddress, database = address.database): Promise<Connection> {
  const connection = new pg.Client({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database,
    application_name: 'holdfast',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    ssl: address.tls ? {} : false,
    types: asText,
  });
  // A connection that is cut while idle emits; the next query fails with the reason.
  connection.on('error', () => undefined);
  try {
    await connection.connect();
    await connection.query(sessionSettings);
    return connection;
  } catch (error) {
    void disconnect(connection);
    throw unreachable(error);
  }
}

/** Opens a connection for the time of `work`. One that is lost meanwhile is DomainError `database-unreachable`, too. */
export async function withConnection<T>(
  address: PostgresAddress,
  work: (connection: Connection) => Promise<T>,
  database = address.database,
): Promise<T> {
  const connection = await connect(address, database);
  try {
    return await work(connection);
  } catch (error) {
    throw isLost(error) && !isDomainError(error) ? unreachable(error) : error;
  } finally {
    await disconnect(connection);
  }
}

/** Never throws. */
export async function disconnect(connection: Connection): Promise<void> {
  await connection.end().catch(() => undefined);
}

/** Rows as arrays of what the server prints; `T` says their shape. */
export async function select<T extends readonly (string | null)[]>(
  connection: Connection,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const { rows } = await connection.query({ text, values: [...values], rowMode: 'array' });
  return rows as unknown as T[];
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text constant under `standard_conforming_strings`. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const lost = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '57P05', '25P03']);

/** True when the connection is of no more use. */
export function isLost(error: unknown): boolean {
  const code = errorCodeOf(error) ?? '';
  if (lost.has(code) || code.startsWith('08')) return true;
  // The driver has no code of its own for a connection that ends under a question.
  return error instanceof Error && /^Connection terminated|not queryable|was closed/.test(error.message);
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'The database server does not answer (connection refused). Check that it runs.',
  ENOTFOUND: "The database server's host name is not known. Check the connection string.",
  ETIMEDOUT: 'The database server does not answer (timed out). Check that it runs and can be reached.',
  '28P01': 'The database server refused the user name or the password. Check the connection string.',
  '28000': 'The database server refused the user name or where it comes from. Check pg_hba.conf.',
  '3D000':
    'The database server has no database of that name. Check the connection string; if it was lost, create it empty, and restore.',
  '42501': 'The database user may not use this database. Grant it the privileges of the manual.',
  '53300': 'The database server has too many connections. Try again later.',
  '57P03': 'The database server is starting or ending. Try again later.',
};

export function unreachable(error: unknown): DomainError {
  const code = errorCodeOf(error);
  const detail =
    reasons[code ?? ''] ?? `The connection to the database server failed (${code ?? 'no reason given'}).`;
  // The driver's own message may name the user or the host.
  return new DomainError('database-unreachable', detail, { cause: code });
}
