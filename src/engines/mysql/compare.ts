import type { Connection } from 'mysql2/promise';
import { DomainError } from '../../common/errors.js';
import type { DumpContents } from '../engine.types.js';
import { quoteName, select } from './connection.js';
import { listObjects, type TableObject } from './schema-objects.js';

/** Compares the tables in a staging schema with the manifest. Throws DomainError `artefact-unfit`. */
export async function compareTables(
  connection: Connection,
  schema: string,
  contents: DumpContents,
): Promise<void> {
  const loaded = new Map((await listObjects(connection, schema)).tables.map((table) => [table.name, table]));
  mustEqual(
    'tables',
    [...loaded.keys()],
    contents.tables.map(({ name }) => name),
  );
  for (const { name, rows } of contents.tables) {
    const counted = await countRows(connection, schema, loaded.get(name) as TableObject);
    if (counted !== rows) {
      throw new DomainError(
        'artefact-unfit',
        `The table ${name} has ${counted} rows after loading, but the manifest says ${rows}. Nothing was changed.`,
      );
    }
  }
}

async function countRows(connection: Connection, schema: string, table: TableObject): Promise<number> {
  const history = table.kind === 'versioned' ? ' FOR SYSTEM_TIME ALL' : '';
  const [row] = await select<{ n: number }>(
    connection,
    `SELECT COUNT(*) AS n FROM ${quoteName(schema)}.${quoteName(table.name)}${history}`,
  );
  return Number(row?.n);
}

/** Compares triggers, routines and views after the trial. Throws DomainError `artefact-unfit`. */
export async function compareDefinitions(
  connection: Connection,
  schema: string,
  contents: DumpContents,
): Promise<void> {
  const objects = await listObjects(connection, schema);
  mustEqual('views', objects.views, contents.views);
  mustEqual('triggers', objects.triggers, contents.triggers);
  mustEqual(
    'routines',
    objects.routines.map(({ type, name }) => `${type} ${name}`),
    contents.routines,
  );
}

function mustEqual(what: string, found: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !expected.includes(name));
  if (missing.length === 0 && extra.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`has ${extra.join(', ')} which the manifest does not name`] : []),
  ];
  throw new DomainError(
    'artefact-unfit',
    `Of its ${what} the backup ${faults.join(' and ')}. Nothing was changed.`,
  );
}
