import type { Connection } from 'mysql2/promise';
import { quoteName, select } from './connection.js';

interface RoutineGrant {
  user: string;
  host: string;
  routine: string;
  type: string;
  privileges: string;
}

/**
 * GRANT statements for what accounts may do with single routines of a schema. Dropping a routine takes them away for
 * everybody, and a restore drops and creates all routines. Null when this account may not read them.
 */
export async function readRoutineGrants(connection: Connection, schema: string): Promise<string[] | null> {
  const rows = await select<RoutineGrant>(
    connection,
    `SELECT User AS user, Host AS host, Routine_name AS routine, Routine_type AS type, Proc_priv AS privileges
     FROM mysql.procs_priv WHERE Db = ? ORDER BY 1, 2, 3, 4`,
    [schema],
  ).catch(() => null);
  return rows && rows.map((row) => grantOf(connection, schema, row));
}

function grantOf(
  connection: Connection,
  schema: string,
  { user, host, routine, type, privileges }: RoutineGrant,
): string {
  const held = privileges.split(',');
  const rights = held.filter((right) => right !== 'Grant').map((right) => right.toUpperCase());
  // MariaDB's roles have no host.
  const account = host === '' ? quoteName(user) : `${connection.escape(user)}@${connection.escape(host)}`;
  const option = held.includes('Grant') ? ' WITH GRANT OPTION' : '';
  return `GRANT ${rights.join(', ') || 'USAGE'} ON ${type} ${quoteName(schema)}.${quoteName(routine)} TO ${account}${option}`;
}

/** Gives them again. One whose routine no longer exists has nothing to be given for. */
export async function giveRoutineGrants(connection: Connection, grants: readonly string[]): Promise<void> {
  for (const grant of grants) await connection.query(grant).catch(() => undefined);
}
