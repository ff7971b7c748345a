import { errorCodeOf } from '../../../common/errors.js';
import { type Connection, select } from '../connection.js';
import { change } from './change.js';

/**
 * Everything that can stand in a database but tables' own parts, first what runs or reads others. Not in it: what an extension
 * brings along, and what belongs to another object and goes with it (`deptype`; a partitioned table belongs to its own columns).
 */
const catalogs = [
  'pg_event_trigger',
  'pg_trigger WHERE NOT tgisinternal',
  'pg_rewrite',
  'pg_policy',
  "pg_class WHERE relkind IN ('v', 'm', 'f')",
  'pg_proc',
  "pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND oid <> ALL ($1)",
  // One that a column owns goes with it.
  `pg_class WHERE relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
     AND objid = pg_class.oid AND refclassid = 'pg_class'::regclass AND deptype = 'a')`,
  'pg_operator',
  'pg_opclass',
  'pg_opfamily',
  'pg_cast',
  'pg_conversion',
  'pg_transform',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_ts_parser',
  'pg_ts_template',
  'pg_language',
  'pg_foreign_server',
  'pg_foreign_data_wrapper',
  'pg_statistic_ext',
];

/** What kept columns may need. */
const needed = ['pg_type', 'pg_collation', 'pg_extension', 'pg_namespace'];

/** The first id that is not of the server itself. */
const firstOid = 16_384;

const objectsOf = (sources: readonly string[]) => `SELECT i.type, i.identity FROM (
    ${sources.map((source, at) => `SELECT ${at} AS rank, tableoid AS class, oid FROM ${source}`).join('\n    UNION ALL ')}
  ) o CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, 0) i
  WHERE o.oid >= ${firstOid} AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i', 'P', 'S')
      AND (d.refclassid, d.refobjid) <> (d.classid, d.objid))
  ORDER BY o.rank, o.oid`;

/** `foreign-data wrapper`, `statistics object`, and how a transform is called are not as in SQL. */
function dropSql(type: string, identity: string, behaviour: 'CASCADE' | 'RESTRICT'): string {
  const kind = type.replace('-', ' ').replace('statistics object', 'statistics');
  const name = type === 'transform' ? identity.replace(' on language ', ' language ') : identity;
  return `DROP ${kind} IF EXISTS ${name} ${behaviour}`;
}

/**
 * Drops everything but these tables (ids of pg_class) with their columns, keys, indexes and defaults, and with what their columns
 * are made of. What of them needs something that is dropped goes, too. The connection's search_path has to be empty.
 */
export async function removeOthers(connection: Connection, tables: readonly string[]): Promise<void> {
  const objects = await select<[string, string]>(connection, objectsOf(catalogs), [tables]);
  for (const [type, identity] of objects) {
    await change(connection, `${type} ${identity}`, dropSql(type, identity, 'CASCADE'));
  }
}

/** Drops types, collations, extensions and schemas that nothing needs any more. */
export async function removeUnneeded(connection: Connection): Promise<void> {
  for (let dropped = 1; dropped > 0;) {
    dropped = 0;
    for (const [type, identity] of await select<[string, string]>(connection, objectsOf(needed))) {
      if (await tryTo(connection, dropSql(type, identity, 'RESTRICT'))) dropped += 1;
    }
  }
}

/** False when something depends on it, or it is another's: names only would be in the dump. */
async function tryTo(connection: Connection, sql: string): Promise<boolean> {
  try {
    await connection.query(sql);
    return true;
  } catch (error) {
    if (['2BP01', '42501'].includes(errorCodeOf(error) ?? '')) return false;
    throw error;
  }
}
