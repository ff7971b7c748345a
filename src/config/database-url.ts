import { join } from 'node:path';
import { z } from 'zod';
import { parsePostgresUrl, type PostgresAddress } from './postgres-url.js';

export type DatabaseAddress =
  | { engine: 'sqlite'; path: string }
  | {
      engine: 'mysql';
      host: string;
      port: number;
      user: string;
      password: string;
      database: string;
      tls: boolean;
    }
  | PostgresAddress;

/** A connection string whose parse error never repeats the string (it may hold a password). */
export const databaseUrl = z.string().superRefine((url, context) => {
  const fault = faultOf(url);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

function faultOf(url: string): string | null {
  try {
    parseDatabaseUrl(url);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'is not a connection string';
  }
}

/**
 * Reads `sqlite:path`, `mysql://user:pass@host:port/db`, `mariadb://...` or `postgres://...` (postgres-url.ts).
 * `?ssl=true` (or `ssl-mode=REQUIRED`) asks for TLS. Throws an Error that says what is missing without repeating the string.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '' || path === ':memory:') throw new Error('must name a file: sqlite:path');
    return { engine: 'sqlite', path };
  }
  if (/^postgres(ql)?:/.test(url)) return parsePostgresUrl(url);
  if (!/^(mysql|mariadb):\/\//.test(url)) {
    throw new Error('must begin with mysql://, mariadb://, postgres:// or sqlite:');
  }
  if (!URL.canParse(url))
    throw new Error('is not a URL; characters such as @ : / in a password must be %-encoded');
  const parsed = new URL(url);
  const database = decode(parsed.pathname.slice(1));
  if (parsed.hostname === '') throw new Error('names no host');
  if (database === '') throw new Error('names no database: mysql://user:password@host:3306/database');
  return {
    engine: 'mysql',
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 3306 : Number(parsed.port),
    user: decode(parsed.username) || 'root',
    password: decode(parsed.password),
    database,
    tls: parsed.searchParams.get('ssl') === 'true' || parsed.searchParams.get('ssl-mode') === 'REQUIRED',
  };
}

/** Where the catalogue is: outside the databases that it describes, so that a restore never rewinds it. */
export function catalogAddress(env: {
  HOLDFAST_CATALOG_URL?: string | undefined;
  HOLDFAST_DATA_DIR: string;
}): DatabaseAddress {
  return parseDatabaseUrl(env.HOLDFAST_CATALOG_URL ?? `sqlite:${join(env.HOLDFAST_DATA_DIR, 'catalog.db')}`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('has a % that encodes nothing; write %25 for a percent sign');
  }
}
