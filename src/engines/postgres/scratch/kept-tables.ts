import { DomainError } from '../../../common/errors.js';
import type { TableContents } from '../../engine.types.js';
import { type Connection, quoteName, select } from '../connection.js';
import { contentName } from '../part-scanner.js';

/** Whatever has or shows rows, but for sequences. */
const relationsSql = `SELECT n.nspname, c.relname, c.relkind,
    r.relname = ANY ($2) AND r.relnamespace = to_regnamespace($1),
    EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = coalesce(pg_partition_root(c.oid), c.oid)
  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

export interface KeptTables {
  /** Whose rows may be in the dump, as in a manifest: tables, and partitions of tables. */
  names: ReadonlySet<string>;
  /** Tables of extensions, quoted: pg_dump takes the rows of those that have settings along. */
  ofExtensions: string[];
}

/** What a reduced database holds. Throws DomainError `conflict` when there is more than these tables and their partitions. */
export async function keptTables(
  connection: Connection,
  schema: string,
  tables: readonly string[],
): Promise<KeptTables> {
  type RelationRow = [schema: string, name: string, kind: string, isKept: string, isOfExtension: string];
  const rows = await select<RelationRow>(connection, relationsSql, [quoteName(schema), tables]);
  const names = new Set<string>();
  const others: string[] = [];
  const ofExtensions: string[] = [];
  for (const [namespace, name, kind, isKept, isOfExtension] of rows) {
    if (isOfExtension === 't') ofExtensions.push(`${quoteName(namespace)}.${quoteName(name)}`);
    else if (isKept === 't' && ['r', 'p'].includes(kind)) names.add(contentName(namespace, name));
    else others.push(contentName(namespace, name));
  }
  mustBeNone(others);
  return { names, ofExtensions };
}

/** Of what was dumped, as its bytes say. Throws DomainError `conflict`. */
export function mustBeKept(dumped: readonly TableContents[], { names }: KeptTables): void {
  mustBeNone(dumped.flatMap(({ name }) => (names.has(name) ? [] : name)));
}

function mustBeNone(others: readonly string[]): void {
  if (others.length === 0) return;
  throw new DomainError(
    'conflict',
    `The copy holds what the policy does not name, and what could not be taken out of it: ${others.join(', ')}.`,
  );
}
