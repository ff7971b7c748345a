import { type Connection, select } from './connection.js';
import { notOfExtension, ownSchema } from './database-objects.js';

/** True when the user may switch off foreign keys and triggers for its session, as project restores need. */
export async function mayRestoreProjects(connection: Connection, major: number): Promise<boolean> {
  const [row] = await select<[string]>(
    connection,
    major >= 15
      ? `SELECT has_parameter_privilege('session_replication_role', 'SET')`
      : 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user',
  );
  return row?.[0] === 't';
}

const anyRelation = (
  condition: string,
) => `EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'S') AND ${ownSchema} AND ${notOfExtension('pg_class', 'c.oid')} AND ${condition})`;

/** In the order in which they are missed: to read, to put in place, to end the sessions that hinder it. */
const needsSql = `SELECT name FROM pg_roles me CROSS JOIN pg_database d CROSS JOIN LATERAL (VALUES
    (1, 'USAGE', ${anyRelation(`NOT has_schema_privilege(n.oid, 'USAGE')`)}),
    (2, 'SELECT', ${anyRelation(`NOT has_table_privilege(c.oid, 'SELECT')`)}),
    (3, 'BYPASSRLS', ${anyRelation('c.relrowsecurity AND row_security_active(c.oid)')}),
    (4, 'OWNER', NOT pg_has_role(d.datdba, 'USAGE')),
    (5, 'CREATEDB', NOT (me.rolcreatedb OR me.rolsuper)),
    (6, 'pg_signal_backend', NOT pg_has_role('pg_signal_backend', 'USAGE') AND EXISTS (
      SELECT FROM pg_stat_activity s WHERE s.datid = d.oid AND s.usesysid IS NOT NULL
        AND NOT pg_has_role(s.usesysid, 'USAGE')))
  ) AS need (at, name, missing)
  WHERE me.rolname = current_user AND d.datname = current_database() AND missing ORDER BY at`;

/**
 * What backups and restores need and the user has not, by the names that GRANT and ALTER ROLE take; `OWNER` is to be a member
 * of the role that owns the database.
 */
export async function missingPrivileges(connection: Connection, major: number): Promise<string[]> {
  const missing = (await select<[string]>(connection, needsSql)).map(([name]) => name);
  if (await mayRestoreProjects(connection, major)) return missing;
  return [...missing, major >= 15 ? 'SET ON PARAMETER session_replication_role' : 'SUPERUSER'];
}

export const projectsRefused =
  'The database user may not set session_replication_role, without which no project can be restored: cascades and ' +
  'triggers would change rows of others. GRANT SET ON PARAMETER session_replication_role (PostgreSQL 15 and newer), ' +
  'or use a superuser.';
