import type { Connection } from 'mysql2/promise';
import { errorCodeOf } from '../../common/errors.js';
import { select } from './connection.js';
import type { ServerInfo } from './server.js';

type ServerKind = Pick<ServerInfo, 'mariadb' | 'lowerCaseTableNames'>;

/** One line of SHOW GRANTS that speaks of a schema, of all schemas (`schema` null), or of one table. */
interface Grant {
  revoked: boolean;
  privileges: string[];
  schema: string | null;
  table: string | null;
  grantee: string;
}

/**
 * Which kinds of objects the account may not see, as sentences. Servers leave those out of every list without a word,
 * dump tools do not notice, and a dump without them looks whole. Rights on single tables or routines do not count: what
 * is created next would be hidden again.
 */
export async function listUnseen(
  connection: Connection,
  schema: string,
  server: ServerKind,
): Promise<string[]> {
  const lines = await showGrants(connection);
  if (lines) return unseenBy(lines, schema, server);
  return ['The server does not show the privileges of the database user: objects may be missing unseen.'];
}

/** Which privileges the account lacks for a whole backup, by name; none where the server does not show them. */
export async function listMissing(
  connection: Connection,
  schema: string,
  server: ServerKind,
): Promise<string[]> {
  const lines = await showGrants(connection);
  return lines ? missingBy(lines, schema, server) : [];
}

/** Null from a server that runs without grants, for one. A backup does not fail for a warning. */
async function showGrants(connection: Connection): Promise<string[] | null> {
  try {
    const rows = await select<Record<string, string>>(connection, 'SHOW GRANTS');
    return rows.map((row) => Object.values(row)[0] ?? '');
  } catch (error) {
    if (!errorCodeOf(error)?.startsWith('ER_')) throw error;
    return null;
  }
}

/** As listUnseen, of the lines of SHOW GRANTS. */
export function unseenBy(lines: readonly string[], schema: string, server: ServerKind): string[] {
  return kindsOfObjects(lines.flatMap(parse), schema, server)
    .filter(({ seen }) => !seen)
    .map(({ what, privilege, place }) => {
      const remedy = privilege + (place ?? '');
      return `${what} may be missing: the database user may not see all. Grant it ${remedy}.`;
    });
}

/** As listMissing, of the lines of SHOW GRANTS. */
export function missingBy(lines: readonly string[], schema: string, server: ServerKind): string[] {
  const grants = lines.flatMap(parse);
  const unseen = kindsOfObjects(grants, schema, server).filter(({ seen }) => !seen);
  const missing = unseen.map(({ privilege }) => privilege);
  return heldOn(grants, schema, server)('SHOW VIEW') ? missing : [...missing, 'SHOW VIEW'];
}

interface KindOfObject {
  what: string;
  seen: boolean;
  /** What shows them, and on what it is granted. */
  privilege: string;
  place?: string;
}

function kindsOfObjects(grants: readonly Grant[], schema: string, server: ServerKind): KindOfObject[] {
  const held = heldOn(grants, schema, server);
  const place = ' on this database';
  return [
    { what: 'Tables', seen: held('SELECT'), privilege: 'SELECT', place },
    { what: 'Triggers', seen: held('TRIGGER'), privilege: 'TRIGGER', place },
    { what: 'Events', seen: held('EVENT'), privilege: 'EVENT', place },
    {
      what: 'Routines',
      seen: routineRights.some(held) || readsAllRoutines(grants, server),
      privilege: server.mariadb ? 'SELECT on mysql.proc' : 'SHOW_ROUTINE',
    },
  ];
}

const routineRights = ['EXECUTE', 'CREATE ROUTINE', 'ALTER ROUTINE', 'SHOW CREATE ROUTINE'];

function readsAllRoutines(grants: readonly Grant[], server: ServerKind): boolean {
  if (server.mariadb) {
    const ofProc = ({ schema, table, privileges }: Grant) =>
      schema === 'mysql' && table === 'proc' && has(privileges, 'SELECT');
    return grants.some(ofProc) || heldOn(grants, 'mysql', server)('SELECT');
  }
  const everywhere = grants.filter(({ schema, revoked }) => schema === null && !revoked);
  return everywhere.some(
    ({ privileges }) => has(privileges, 'SELECT') || privileges.includes('SHOW_ROUTINE'),
  );
}

/** Says of a privilege whether the account has it on the whole of a schema. */
function heldOn(
  grants: readonly Grant[],
  schema: string,
  { lowerCaseTableNames }: ServerKind,
): (privilege: string) => boolean {
  const fold = (name: string) => (lowerCaseTableNames === 0 ? name : name.toLowerCase());
  const everywhere = grants.filter((grant) => grant.schema === null && !grant.revoked);
  const here = grants.filter(
    (grant) => grant.schema !== null && grant.table === null && matches(fold(schema), fold(grant.schema)),
  );
  const granted = here.filter((grant) => !grant.revoked);
  return (privilege) => {
    const withPrivilege = (grant: Grant) => has(grant.privileges, privilege);
    if (everywhere.some(withPrivilege) && !here.some((grant) => grant.revoked && withPrivilege(grant))) {
      return true;
    }
    // Of several patterns that fit, a server goes by one, and servers differ in which: all must have the privilege.
    return granted.some(({ grantee }) =>
      granted.filter((grant) => grant.grantee === grantee).every(withPrivilege),
    );
  };
}

function has(privileges: readonly string[], privilege: string): boolean {
  return privileges.includes(privilege) || privileges.includes('ALL PRIVILEGES');
}

const name = (group: string) => `(?:\\*|[\`"](?<${group}>.+?)[\`"])`;
const line = new RegExp(
  `^(?<verb>GRANT|REVOKE) (?<privileges>.+?) ON ${name('schema')}\\.${name('table')} (?:TO|FROM) (?<grantee>\\S+)`,
);

/** Roles that are active stand in SHOW GRANTS with what they may do; lines of other kinds do not matter here. */
function parse(text: string): Grant[] {
  const found = line.exec(text)?.groups;
  if (!found) return [];
  const unquoted = (identifier: string | undefined) => identifier?.replaceAll('``', '`') ?? null;
  return [
    {
      revoked: found['verb'] === 'REVOKE',
      privileges: (found['privileges'] ?? '').split(/, ?/),
      schema: unquoted(found['schema']),
      table: unquoted(found['table']),
      grantee: found['grantee'] ?? '',
    },
  ];
}

/** A schema in a grant is a pattern as of LIKE: `%`, `_`, and both escaped by a backslash. */
function matches(schema: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\\?[^]/gu, (piece) => {
    if (piece === '%') return '.*';
    if (piece === '_') return '.';
    const literal = piece.replace(/^\\(?=[^])/u, '');
    return literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su').test(schema);
}
