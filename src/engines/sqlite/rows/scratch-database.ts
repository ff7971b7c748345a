import { writeFile } from 'node:fs/promises';
import { type Connection, openDatabase } from '../connection.js';

/** The statements that made these tables and their indexes: columns and keys, no triggers, no rows. */
export function definitionsOf(live: Connection, tables: readonly string[]): string[] {
  return live
    .prepare<[string], string>(
      `SELECT sql FROM sqlite_schema WHERE tbl_name IN (SELECT value FROM json_each(?))
       AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC`,
    )
    .pluck()
    .all(JSON.stringify(tables));
}

/** A new database file at `path` with what these statements make. */
export async function createScratchDatabase(path: string, definitions: readonly string[]): Promise<void> {
  await writeFile(path, '', { mode: 0o600, flag: 'wx' });
  const scratch = openDatabase(path);
  try {
    for (const sql of definitions) scratch.exec(sql);
  } finally {
    scratch.close();
  }
}
