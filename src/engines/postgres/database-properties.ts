import type { PostgresAddress } from '../../config/postgres-url.js';
import { select } from './connection.js';
import { onServer } from './maintenance.js';

/** Settings whose values are lists of names, which stand in a statement as they are stored. */
const lists = `'search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries'`;

/** What a dump does not hold, since it belongs to the database as a whole: privileges, settings, limit, comment. */
const statementsSql = `
  SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text), 1 FROM pg_database
    WHERE datname = $1 AND datacl IS NOT NULL
  UNION ALL
  SELECT format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, $2::text,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), 2
    FROM pg_database d CROSS JOIN aclexplode(d.datacl) a WHERE d.datname = $1
  UNION ALL
  SELECT format('ALTER %s SET %I = %s',
      CASE WHEN s.setrole = 0 THEN format('DATABASE %I', $2::text)
        ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(s.setrole), $2::text) END,
      v.name, CASE WHEN v.name IN (${lists}) THEN v.value ELSE quote_literal(v.value) END), 3
    FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid CROSS JOIN unnest(s.setconfig) c
      CROSS JOIN LATERAL (SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)) v (name, value)
    WHERE d.datname = $1
  UNION ALL
  SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', $2::text, datconnlimit), 4 FROM pg_database
    WHERE datname = $1 AND datconnlimit > -1
  UNION ALL
  SELECT format('COMMENT ON DATABASE %I IS %L', $2::text, shobj_description(oid, 'pg_database')), 5 FROM pg_database
    WHERE datname = $1 AND shobj_description(oid, 'pg_database') IS NOT NULL
  ORDER BY 2, 1`;

/** The statements that give the database `to` what `from` has. */
export async function propertiesOf(address: PostgresAddress, from: string, to: string): Promise<string[]> {
  const rows = await onServer(address, (connection) =>
    select<[string, string]>(connection, statementsSql, [from, to]),
  );
  return rows.map(([statement]) => statement);
}
