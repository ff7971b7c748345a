import { type Connection, quoteName, select } from './connection.js';
import { contentName } from './part-scanner.js';

/** What a dump of the database has to hold. Names as in a manifest. */
export interface DatabaseObjects {
  /** Tables that have rows of their own: partitions, and not the partitioned tables. */
  tables: { name: string; quoted: string }[];
  views: string[];
  triggers: string[];
  routines: string[];
  eventTriggers: string[];
}

/** pg_dump leaves out what an extension brings along. */
export const notOfExtension = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;

/** Of the alias `n` of pg_namespace. */
export const ownSchema = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

const relations = (kinds: string) => `SELECT n.nspname, c.relname FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN (${kinds}) AND c.relpersistence <> 't' AND ${ownSchema}
    AND ${notOfExtension('pg_class', 'c.oid')} ORDER BY 1, 2`;

const triggersSql = `SELECT n.nspname, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND ${ownSchema} ORDER BY 1, 2`;

const routinesSql = `SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE ${ownSchema} AND ${notOfExtension('pg_proc', 'p.oid')} ORDER BY 1, 2`;

export async function listObjects(connection: Connection): Promise<DatabaseObjects> {
  const names = async (sql: string) =>
    (await select<[string, string]>(connection, sql)).map(([schema, name]) => contentName(schema, name));
  const tables = await select<[string, string]>(connection, relations(`'r'`));
  return {
    tables: tables.map(([schema, name]) => ({
      name: contentName(schema, name),
      quoted: `${quoteName(schema)}.${quoteName(name)}`,
    })),
    views: await names(relations(`'v', 'm'`)),
    triggers: await names(triggersSql),
    routines: await names(routinesSql),
    eventTriggers: (
      await select<[string]>(connection, 'SELECT evtname FROM pg_event_trigger ORDER BY 1')
    ).map(([name]) => name),
  };
}
