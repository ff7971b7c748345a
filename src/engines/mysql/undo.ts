import type { Connection } from 'mysql2/promise';
import { readFile, writeFile } from 'node:fs/promises';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { quoteName, select } from './connection.js';
import { definitionsTable } from './names.js';
import { definitionFile, type Definitions } from './stored-objects.js';

/** Keeps definitions inside the undo schema itself, so that an undo is whole whatever happens to this machine. */
export async function keepDefinitions(
  connection: Connection,
  undo: string,
  definitions: Definitions,
): Promise<void> {
  const table = `${quoteName(undo)}.${quoteName(definitionsTable)}`;
  await connection.query(
    `CREATE TABLE ${table} (position INT AUTO_INCREMENT PRIMARY KEY, part VARCHAR(32) NOT NULL, content LONGBLOB NOT NULL) ENGINE=InnoDB`,
  );
  for (const part of definitions.parts) {
    await keepPart(connection, undo, part, await readFile(definitionFile(definitions, part)));
  }
}

/** Parts are run in the order in which they were kept. */
export async function keepPart(
  connection: Connection,
  undo: string,
  part: string,
  content: string | Buffer,
): Promise<void> {
  const table = `${quoteName(undo)}.${quoteName(definitionsTable)}`;
  await connection.query(`INSERT INTO ${table} (part, content) VALUES (?, ?)`, [part, content]);
}

/** Writes the kept definitions to files in `folder`. Throws DomainError `not-found` when there is no such undo. */
export async function takeDefinitions(
  connection: Connection,
  undo: string,
  folder: string,
): Promise<Definitions> {
  const rows = await select<{ part: string; content: Buffer }>(
    connection,
    `SELECT part, content FROM ${quoteName(undo)}.${quoteName(definitionsTable)} ORDER BY position`,
  ).catch((error: unknown) => {
    if (!['ER_BAD_DB_ERROR', 'ER_NO_SUCH_TABLE'].includes(errorCodeOf(error) ?? '')) throw error;
    throw new DomainError('not-found', 'What the restore had replaced is no longer kept.', { cause: error });
  });
  const definitions = { folder, parts: rows.map(({ part }) => part) };
  for (const { part, content } of rows)
    await writeFile(definitionFile(definitions, part), content, { mode: 0o600 });
  return definitions;
}
