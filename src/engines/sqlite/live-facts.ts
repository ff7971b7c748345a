import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../../common/clock.js';
import { isBroken, openDatabase, whenFree } from './connection.js';
import type { SqliteFile } from './sqlite-file.js';

export interface LiveFacts {
  pageSize: number;
  /** Size of the file with its log. */
  bytes: number;
  tables: string[];
}

const waitMs = 20_000;

/** Of a file that does not exist, which is not made here: a restore that is refused later would leave an empty database. */
const ofNothing = { facts: { pageSize: 4096, bytes: 0, tables: [] }, incarnation: '0' };

/** What a restore must know of the file that it is to replace. A file that does not exist counts as empty. */
export async function readLiveFacts({ path }: SqliteFile, clock: Clock): Promise<LiveFacts> {
  if (!existsSync(path)) return ofNothing.facts;
  const connection = openDatabase(path);
  try {
    const readNames = () =>
      connection
        .prepare<[], string>(
          `SELECT name FROM sqlite_schema
         WHERE type = 'table' AND rootpage <> 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
        )
        .pluck()
        .all();
    const tables = await whenFree(readNames, clock, waitMs);
    const sizes = await Promise.all(
      [path, `${path}-wal`].map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return {
      pageSize: Number(connection.pragma('page_size', { simple: true })),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      tables,
    };
  } finally {
    connection.close();
  }
}

/** Overwriting live always raises it; so does a change of the schema. Null for a file that SQLite cannot read. */
export async function readIncarnation({ path }: SqliteFile, clock: Clock): Promise<string | null> {
  if (!existsSync(path)) return ofNothing.incarnation;
  const connection = openDatabase(path);
  try {
    const version = () => connection.pragma('schema_version', { simple: true });
    return String(await whenFree(version, clock, waitMs));
  } catch (error) {
    if (isBroken(error)) return null;
    throw error;
  } finally {
    connection.close();
  }
}
