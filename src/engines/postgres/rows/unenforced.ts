import { DomainError } from '../../../common/errors.js';
import { quoteName, quoteText } from '../connection.js';
import type { RowSession } from './row-session.js';

/*
 * What a session that is a replica does not hold to, and nobody above knows of: foreign keys from and to tables of other
 * schemas, and unique constraints that may be deferred. Checked as a whole, once all is written.
 */

const names = (table: string, key: string) => `to_json(ARRAY(SELECT quote_ident(a.attname)
  FROM unnest(${key}) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a
    ON a.attrelid = ${table} AND a.attnum = k.attnum ORDER BY k.n))`;

/** Throws DomainError `conflict` that names the tables. */
export async function mustHoldUnenforced(session: RowSession, changed: ReadonlySet<string>): Promise<void> {
  if (changed.size === 0) return;
  const tables = [...changed].map((table) => `to_regclass(${quoteText(quoteName(table))})`).join(', ');
  await mustHoldForeignKeys(session, tables);
  await mustHoldUniqueKeys(session, tables);
}

async function mustHoldForeignKeys(session: RowSession, tables: string): Promise<void> {
  type KeyRow = [child: string, columns: string, parent: string, keys: string, isOwn: string];
  const found = await session.rows<KeyRow>(
    `SELECT f.conrelid::regclass, ${names('f.conrelid', 'f.conkey')}, f.confrelid::regclass,
       ${names('f.confrelid', 'f.confkey')}, f.conrelid IN (${tables})
     FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
     WHERE f.contype = 'f' AND f.conparentid = 0 AND c.relnamespace <> r.relnamespace
       AND (c.oid IN (${tables}) OR r.oid IN (${tables})) ORDER BY f.conname`,
  );
  for (const [child, columnsJson, parent, keysJson, isOwn] of found) {
    const [columns, keys] = [namesIn(columnsJson), namesIn(keysJson)];
    const same = columns.map((column, at) => `c.${column} = p.${keys[at] ?? column}`).join(' AND ');
    if (isOwn === 't') {
      // They stay until the end: whoever removes one now does not see what we have written.
      const referred = `SELECT 1 FROM ${parent} p WHERE EXISTS (SELECT 1 FROM ${child} c WHERE ${same}) FOR KEY SHARE`;
      await session.rows(
        `WITH locked AS MATERIALIZED (${referred}) SELECT count(*) FROM locked`,
        unquoted(parent),
      );
    }
    const dangling = await session.rows(
      `SELECT 1 FROM ${child} c WHERE ${notNull(columns)} AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE ${same}) LIMIT 1`,
      unquoted(child),
    );
    if (dangling.length === 0) continue;
    throw new DomainError(
      'conflict',
      `Rows of ${unquoted(child)} would refer by ${columns.map(unquoted).join(', ')} to rows of ${unquoted(parent)} that ` +
        'are not there. Create those again first, or change what refers to them. Nothing was changed.',
    );
  }
}

async function mustHoldUniqueKeys(session: RowSession, tables: string): Promise<void> {
  const found = await session.rows<[table: string, columns: string]>(
    `SELECT u.conrelid::regclass, ${names('u.conrelid', 'u.conkey')} FROM pg_constraint u
     WHERE u.contype IN ('p', 'u') AND u.condeferrable AND u.conparentid = 0 AND u.conrelid IN (${tables}) ORDER BY u.conname`,
  );
  for (const [table, columnsJson] of found) {
    const columns = namesIn(columnsJson);
    const twice = await session.rows(
      `SELECT 1 FROM ${table} c WHERE ${notNull(columns)} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`,
      unquoted(table),
    );
    if (twice.length === 0) continue;
    throw new DomainError(
      'conflict',
      `The table ${unquoted(table)} already has a row with one of these keys. Nothing was changed.`,
    );
  }
}

function notNull(columns: readonly string[]): string {
  return columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ');
}

function namesIn(json: string): string[] {
  return JSON.parse(json) as string[];
}

/** A quoted name for people. */
function unquoted(name: string): string {
  return name.replaceAll('"', '');
}
