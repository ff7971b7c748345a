import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresAddress } from '../../config/postgres-url.js';
import { type Connection, isLost, quoteName, quoteText, select } from './connection.js';
import { onServer } from './maintenance.js';
import { serverError } from './server-errors.js';

export async function databaseExists(connection: Connection, name: string): Promise<boolean> {
  return (await select(connection, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])).length > 0;
}

/** An empty database with the owner, encoding and collation of `like`. */
export async function createDatabase(address: PostgresAddress, name: string, like: string): Promise<void> {
  await onServer(address, async (connection) => {
    const [row] = await select<[string, string]>(
      connection,
      'SELECT to_jsonb(d), pg_encoding_to_char(encoding) FROM pg_database d WHERE datname = $1',
      [like],
    );
    // Which of these columns there are depends on the server's version.
    const facts = JSON.parse(row?.[0] ?? '{}') as Record<string, string | null | undefined>;
    const [owner] = await select<[string]>(
      connection,
      'SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1',
      [like],
    );
    const locale = facts['datlocale'] ?? facts['daticulocale'];
    const provider = { i: 'icu', b: 'builtin' }[facts['datlocprovider'] ?? ''];
    const options = [
      'TEMPLATE template0',
      `OWNER ${quoteName(owner?.[0] ?? '')}`,
      `ENCODING ${quoteText(row?.[1] ?? 'UTF8')}`,
      `LC_COLLATE ${quoteText(facts['datcollate'] ?? 'C')}`,
      `LC_CTYPE ${quoteText(facts['datctype'] ?? 'C')}`,
      ...(provider && locale
        ? [
            `LOCALE_PROVIDER ${provider}`,
            `${provider === 'icu' ? 'ICU' : 'BUILTIN'}_LOCALE ${quoteText(locale)}`,
          ]
        : []),
    ];
    await connection.query(`CREATE DATABASE ${quoteName(name)} ${options.join(' ')}`);
  }).catch((error: unknown) => {
    throw serverError(error);
  });
}

/** One that is gone already is no error. */
export async function dropDatabase(address: PostgresAddress, name: string): Promise<void> {
  await onServer(address, (connection) =>
    connection.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`),
  ).catch((error: unknown) => {
    throw serverError(error);
  });
}

export interface Move {
  from: string;
  to: string;
}

const endSessionsEveryMs = 100;

/**
 * Renames databases in one transaction: all or none. While the server waits for the sessions of a database to end, it lets
 * nobody new in; so they are ended from another connection meanwhile. `statements` are part of the transaction.
 */
export async function renameDatabases(
  address: PostgresAddress,
  moves: readonly Move[],
  statements: readonly string[] = [],
): Promise<void> {
  const names = moves.map(({ from }) => from);
  const renamed = new AbortController();
  try {
    await onServer(address, async (connection) => {
      // The server looks for sessions ten times a second: those of now are gone before it looks first.
      await endSessions(connection, names);
      // Whoever may not end a session hears it from the rename, which finds the database in use.
      const ending = onServer(address, (other) => keepEnding(other, names, renamed.signal)).catch(
        () => undefined,
      );
      try {
        await connection.query('BEGIN');
        for (const statement of statements) await connection.query(statement);
        for (const { from, to } of moves) {
          await connection.query(`ALTER DATABASE ${quoteName(from)} RENAME TO ${quoteName(to)}`);
        }
        await connection.query('COMMIT');
      } finally {
        renamed.abort();
        await ending;
      }
    });
  } catch (error) {
    if (!(await tookPlace(address, error, moves))) throw serverError(error);
  }
}

async function keepEnding(connection: Connection, names: string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await endSessions(connection, names);
    await sleep(endSessionsEveryMs, undefined, { signal });
  }
}

/** Each that may be ended; one that may not must not keep the others. The server's own workers it ends itself. */
async function endSessions(connection: Connection, names: string[]): Promise<void> {
  const sessions = await select<[string]>(
    connection,
    `SELECT pid FROM pg_stat_activity
     WHERE datname = ANY ($1) AND usesysid IS NOT NULL AND pid <> pg_backend_pid()`,
    [names],
  );
  for (const [pid] of sessions) {
    await connection.query('SELECT pg_terminate_backend($1)', [pid]).catch((error: unknown) => {
      if (isLost(error)) throw error;
    });
  }
}

/** When only the answer to the commit was lost, the server knows. */
async function tookPlace(address: PostgresAddress, error: unknown, moves: readonly Move[]): Promise<boolean> {
  const [first] = moves;
  if (first === undefined || !isLost(error)) return false;
  return onServer(address, (connection) => databaseExists(connection, first.to)).catch(() => false);
}
