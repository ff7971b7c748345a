import { isAbsolute, resolve } from 'node:path';
import type { FieldError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { type DatabaseAddress, parseDatabaseUrl } from '../config/database-url.js';

export const givenEngines = ['mysql', 'mariadb', 'postgres', 'sqlite'] as const;

/** Where a database is, as somebody says it: by a URL, or by its parts. */
export interface ConnectionInput {
  url?: string;
  engine?: (typeof givenEngines)[number];
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  tls?: boolean;
  /** Of PostgreSQL: whose tables projects live in; `public` if left out. */
  schema?: string;
  /** Of a SQLite file. */
  path?: string;
}

const parts = ['engine', 'host', 'port', 'user', 'password', 'database', 'tls', 'schema', 'path'] as const;

export function saysWhere(input: ConnectionInput): boolean {
  return input.url !== undefined || parts.some((part) => input[part] !== undefined);
}

/** Throws DomainError `bad-input`, whose sentences never repeat what was given: it may hold a password. */
export function addressFrom(input: ConnectionInput, { needsDatabase = true } = {}): DatabaseAddress {
  if (input.url === undefined) return parsed('host', urlOf(input, needsDatabase));
  const both = parts.filter((part) => input[part] !== undefined);
  if (both.length > 0) {
    throw badInput(both.map((field) => ({ field, message: `${field} cannot be given beside url` })));
  }
  return parsed('url', needsDatabase ? input.url : withSomeDatabase(input.url));
}

/** A changed address: a new URL, or the old one with some of its parts given anew. Throws as `addressFrom`. */
export function changedAddress(before: DatabaseAddress, changes: ConnectionInput): DatabaseAddress {
  if (changes.url !== undefined) return addressFrom(changes);
  if (changes.engine !== undefined && changes.engine !== before.engine) return addressFrom(changes);
  const after = addressFrom({ ...before, ...changes });
  if (changes.password === undefined && leadsElsewhere(before, after)) {
    const message = 'password must be given again: the one that is kept was meant for another server';
    throw badInput([{ field: 'password', message }]);
  }
  return after;
}

/** The same for the same database, as far as addresses can tell; holds no password. */
export function placeOf(address: DatabaseAddress): string {
  if (address.engine === 'sqlite') return `sqlite:${resolve(address.path)}`;
  const { engine, host, port, database } = address;
  return `${engine}://${host.toLowerCase()}:${port}/${database}`;
}

/** Whether a password would go to where it was not meant for, or in clear text where it was not. */
function leadsElsewhere(before: DatabaseAddress, after: DatabaseAddress): boolean {
  if (before.engine === 'sqlite' || after.engine === 'sqlite' || before.password === '') return false;
  return before.host !== after.host || before.port !== after.port || (before.tls && !after.tls);
}

function parsed(field: string, url: string): DatabaseAddress {
  let address: DatabaseAddress;
  try {
    address = parseDatabaseUrl(url);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'is not a connection string';
    throw badInput([{ field, message: `${field} ${message}` }]);
  }
  if (address.engine !== 'sqlite') return address;
  // Nobody who calls knows in which folder the service was started.
  if (isAbsolute(address.path)) return { ...address, path: resolve(address.path) };
  const at = field === 'host' ? 'path' : field;
  throw badInput([{ field: at, message: `${at} must give the whole path of the file: sqlite:/srv/app.db` }]);
}

function urlOf(input: ConnectionInput, needsDatabase: boolean): string {
  const { engine, host = '', port, user = '', password = '', database = '', tls, schema, path } = input;
  const sqlite = engine === 'sqlite';
  const needed = sqlite
    ? (['path'] as const)
    : (['engine', 'host', ...(needsDatabase ? ['database' as const] : [])] as const);
  const faults: FieldError[] = needed
    .filter((field) => (input[field] ?? '') === '')
    .map((field) => ({ field, message: `${field} is missing; or give url instead of the parts` }));
  if (faults.length > 0) throw badInput(faults);
  if (sqlite) return `sqlite:${path ?? ''}`;
  const account = [user, password].map(encodeURIComponent).join(':');
  const place = `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
  const name = encodeURIComponent(database === '' ? someDatabase : database);
  const options = new URLSearchParams({
    ...(tls && (engine === 'postgres' ? { sslmode: 'require' } : { ssl: 'true' })),
    ...(schema !== undefined && { schema }),
  }).toString();
  return `${engine ?? ''}://${account}@${place}/${name}${options === '' ? '' : `?${options}`}`;
}

/** Stands where a server is meant and not one of its databases. */
const someDatabase = '-';

function withSomeDatabase(url: string): string {
  if (!URL.canParse(url)) return url;
  const server = new URL(url);
  if (server.pathname === '' || server.pathname === '/') server.pathname = `/${someDatabase}`;
  return server.href;
}
