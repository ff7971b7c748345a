import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { select } from './connection.js';

/**
 * What may not change between the beginning and the end of a dump, whose parts are read one after the other. Left out
 * is what changes without DDL: counters, statistics, and what the scheduler notes at an event that it has run. Each
 * filters by the schema itself, so that no lock in another schema is waited for, and reads no column for which MariaDB
 * would open a view's tables.
 */
const parts = [
  `SELECT table_name, table_type, engine, table_collation
   FROM information_schema.tables WHERE table_schema = ? ORDER BY 1`,
  `SELECT table_name, column_name, ordinal_position, column_type, is_nullable, column_default, extra, collation_name
   FROM information_schema.columns WHERE table_schema = ? ORDER BY 1, 3`,
  `SELECT table_name, view_definition, check_option, definer, security_type
   FROM information_schema.views WHERE table_schema = ? ORDER BY 1`,
  `SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_order, action_statement, sql_mode,
          definer
   FROM information_schema.triggers WHERE event_object_schema = ? ORDER BY 1`,
  `SELECT routine_name, routine_type, dtd_identifier, routine_definition, is_deterministic, sql_data_access,
          security_type, sql_mode, definer
   FROM information_schema.routines WHERE routine_schema = ? ORDER BY 1, 2`,
  `SELECT specific_name, routine_type, ordinal_position, parameter_mode, parameter_name, dtd_identifier
   FROM information_schema.parameters WHERE specific_schema = ? ORDER BY 1, 2, 3`,
  `SELECT event_name, event_definition, event_type, execute_at, interval_value, interval_field, starts, ends,
          on_completion, sql_mode, definer
   FROM information_schema.events WHERE event_schema = ? ORDER BY 1`,
];

/** A hash over a schema's definitions; two equal ones, before and after a dump, mean that no DDL came between. */
export async function schemaFingerprint(connection: Connection, schema: string): Promise<string> {
  const hash = createHash('sha256');
  for (const sql of parts) {
    hash.update(JSON.stringify(await select<Record<string, unknown>>(connection, sql, [schema])));
  }
  return hash.digest('hex');
}
