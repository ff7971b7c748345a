export interface PostgresAddress {
  engine: 'postgres';
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** The schema whose tables projects live in; a full backup holds the whole database. */
  schema: string;
  tls: boolean;
}

/**
 * Reads `postgres://user:pass@host:port/db?schema=public` (or `postgresql://`). `?sslmode=require` (or a stricter mode)
 * asks for TLS. Throws an Error that says what is missing without repeating the string.
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('must begin with postgres:// or postgresql://');
  if (!URL.canParse(url))
    throw new Error('is not a URL; characters such as @ : / in a password must be %-encoded');
  const parsed = new URL(url);
  const database = decode(parsed.pathname.slice(1));
  if (parsed.hostname === '') throw new Error('names no host');
  if (database === '') throw new Error('names no database: postgres://user:password@host:5432/database');
  return {
    engine: 'postgres',
    host: decode(parsed.hostname).replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    user: decode(parsed.username) || 'postgres',
    password: decode(parsed.password),
    database,
    schema: parsed.searchParams.get('schema') || 'public',
    tls: /^(require|verify-ca|verify-full)$/.test(parsed.searchParams.get('sslmode') ?? ''),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('has a % that encodes nothing; write %25 for a percent sign');
  }
}
