import type { ReducedTable } from '../../scratch.types.js';
import { type Connection, select } from '../connection.js';

type Kind = 'column' | 'default' | 'foreign key' | 'check' | 'key' | 'index';

interface Part {
  table: string;
  kind: Kind;
  name: string;
}

/** Of tables by their ids of pg_class: what of them a dump would hold. */
const partsSql = `SELECT c.relname, p.kind, p.name FROM pg_class c CROSS JOIN LATERAL (
    SELECT 1 AS rank, 'column' AS kind, attname AS name FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 2, 'default', attname FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND atthasdef AND attgenerated = ''
    UNION ALL
    SELECT 3, CASE contype WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check' ELSE 'key' END, conname FROM pg_constraint
      WHERE conrelid = c.oid AND contype IN ('f', 'c', 'u', 'p', 'x')
    UNION ALL
    SELECT 4, 'index', x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.oid)
  ) p WHERE c.oid = ANY ($1) ORDER BY c.relname, p.rank, p.name COLLATE "C"`;

export function inventoryOf(connection: Connection, tables: readonly string[]): Promise<Part[]> {
  return select<[string, Kind, string]>(connection, partsSql, [tables]).then((rows) =>
    rows.map(([table, kind, name]) => ({ table, kind, name })),
  );
}

const why: Record<Kind, string> = {
  column: 'it is made of what is not in it',
  default: 'it calls what is not in it',
  'foreign key': 'what it joins is not',
  check: 'masked and dropped columns would break it, or it calls what is not in it',
  key: 'it has a column that is dropped, or calls what is not in it',
  index: 'it has a column that is dropped, or calls what is not in it',
};

/** What went beside what was asked for, as sentences. */
export function sayWhatIsGone(
  before: readonly Part[],
  after: readonly Part[],
  tables: readonly ReducedTable[],
): string[] {
  const identity = ({ table, kind, name }: Part) => JSON.stringify([table, kind, name]);
  const there = new Set(after.map(identity));
  const isAsked = ({ table, kind, name }: Part) =>
    (kind === 'column' || kind === 'default') &&
    tables.some(({ name: one, drop }) => one === table && drop.includes(name));
  return before
    .filter((part) => !there.has(identity(part)) && !isAsked(part))
    .map(({ table, kind, name }) => `The ${kind} ${name} of ${table} is not in it: ${why[kind]}.`);
}
