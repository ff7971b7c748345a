import { type Connection, select } from './connection.js';

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

/** What a full restore needs and the user has not, by the name that ALTER ROLE takes. */
export async function missingPrivileges(connection: Connection): Promise<string[]> {
  const [row] = await select<[string]>(
    connection,
    'SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user',
  );
  return row?.[0] === 't' ? [] : ['CREATEDB'];
}

export const projectsRefused =
  'The database user may not set session_replication_role, without which no project can be restored: cascades and ' +
  'triggers would change rows of others. GRANT SET ON PARAMETER session_replication_role (PostgreSQL 15 and newer), ' +
  'or use a superuser.';
