import type { Connection } from 'mysql2/promise';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { quoteName, select } from './connection.js';

/** Everything that a schema holds, by name, sorted. */
export interface SchemaObjects {
  tables: TableObject[];
  views: string[];
  triggers: string[];
  routines: Routine[];
  events: string[];
}

export interface TableObject {
  name: string;
  kind: 'table' | 'sequence' | 'versioned';
  engine: string | null;
}

export interface Routine {
  name: string;
  type: 'FUNCTION' | 'PROCEDURE' | 'PACKAGE' | 'PACKAGE BODY';
}

const kinds: Record<string, TableObject['kind']> = {
  'BASE TABLE': 'table',
  SEQUENCE: 'sequence',
  'SYSTEM VERSIONED': 'versioned',
};

/** True for a table that transactions cover. */
export function isTransactional({ engine }: TableObject): boolean {
  return ['INNODB', 'ROCKSDB', 'TOKUDB'].includes(engine?.toUpperCase() ?? '');
}

export async function listObjects(connection: Connection, schema: string): Promise<SchemaObjects> {
  const names = async (sql: string) =>
    (await select<{ name: string }>(connection, `${sql} ORDER BY 1`, [schema])).map((row) => row.name);
  const tables = await select<{ name: string; type: string; engine: string | null }>(
    connection,
    `SELECT table_name AS name, table_type AS type, engine AS engine
     FROM information_schema.tables WHERE table_schema = ? AND table_type <> 'VIEW' ORDER BY 1`,
    [schema],
  );
  return {
    tables: tables.map(({ name, type, engine }) => ({ name, kind: kinds[type] ?? 'table', engine })),
    views: await names('SELECT table_name AS name FROM information_schema.views WHERE table_schema = ?'),
    // By the table's schema, which is the trigger's too: asked for trigger_schema, MariaDB opens every schema of the
    // server, and waits while one of their tables is locked.
    triggers: await names(
      'SELECT trigger_name AS name FROM information_schema.triggers WHERE event_object_schema = ?',
    ),
    routines: await select<Routine>(
      connection,
      `SELECT routine_name AS name, routine_type AS type
       FROM information_schema.routines WHERE routine_schema = ? ORDER BY 1, 2`,
      [schema],
    ),
    events: await names('SELECT event_name AS name FROM information_schema.events WHERE event_schema = ?'),
  };
}

/**
 * Views that the server itself cannot open, because something that they use is missing. No dump tool can dump them,
 * and no server would create them again. Throws DomainError `database-refused` for a view that the account may not open.
 */
export async function findBrokenViews(
  connection: Connection,
  schema: string,
  views: readonly string[],
): Promise<string[]> {
  const broken: string[] = [];
  for (const view of views) {
    const opens = await connection.query(`SHOW FIELDS FROM ${quoteName(schema)}.${quoteName(view)}`).then(
      () => true,
      (error: unknown) => {
        if (brokenViewErrors.includes(errorCodeOf(error) ?? '')) return false;
        throw errorCodeOf(error)?.includes('ACCESS_DENIED') ? mayNotOpen(view, error) : error;
      },
    );
    if (!opens) broken.push(view);
  }
  return broken;
}

/** MariaDB wants EXECUTE on a view's functions from whoever looks at the view's columns. */
function mayNotOpen(view: string, cause: unknown): DomainError {
  return new DomainError(
    'database-refused',
    `The database user may not open the view ${view}. Grant it SELECT, SHOW VIEW and EXECUTE on this database.`,
    { cause },
  );
}

const brokenViewErrors = ['ER_VIEW_INVALID', 'ER_NO_SUCH_TABLE', 'ER_NO_SUCH_USER', 'ER_SP_DOES_NOT_EXIST'];

/** `table.column` of every FLOAT: servers print six digits of it, and so do dump tools. */
export function listFloats(connection: Connection, schema: string): Promise<string[]> {
  return listColumns(connection, schema, "c.data_type = 'float'");
}

/** `table.column` of every column that the server computes. */
export function listGenerated(connection: Connection, schema: string): Promise<string[]> {
  return listColumns(connection, schema, "c.generation_expression <> ''");
}

async function listColumns(connection: Connection, schema: string, condition: string): Promise<string[]> {
  const rows = await select<{ name: string }>(
    connection,
    `SELECT CONCAT(c.table_name, '.', c.column_name) AS name FROM information_schema.columns c
     JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
     WHERE c.table_schema = ? AND ${condition} AND t.table_type <> 'VIEW' ORDER BY 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}
