import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection } from 'mysql2/promise';
import type { Dump } from '../engine.types.js';
import { quoteName } from './connection.js';
import { type Loader, loadSql } from './load.js';
import { listObjects } from './schema-objects.js';

/** What RENAME TABLE does not carry across schemas, as SQL files: the parts of a dump after its tables. */
export interface Definitions {
  folder: string;
  /** Names of the files in the order in which they must be run: `routines`, `views`, `events`. */
  parts: string[];
}

/** Only the parts that can be created without effect: an event would begin to run. */
const harmlessParts = ['routines', 'views'];

export function definitionFile(definitions: Definitions, part: string): string {
  return join(definitions.folder, `${part}.sql`);
}

/** Writes the present definitions of a schema to files, by the same dump as a backup's. */
export async function saveDefinitions(dump: Dump, folder: string): Promise<Definitions> {
  const parts = dump.parts.filter((part) => part.name !== 'tables');
  const definitions = { folder, parts: parts.map((part) => part.name) };
  for (const part of parts) {
    await pipeline(
      await part.open(),
      createWriteStream(definitionFile(definitions, part.name), { mode: 0o600 }),
    );
  }
  return definitions;
}

/** Creates what the files define, in `schema`. */
export async function applyDefinitions(
  loader: Loader,
  schema: string,
  definitions: Definitions,
): Promise<void> {
  for (const part of definitions.parts) {
    await loadSql(loader, schema, createReadStream(definitionFile(definitions, part)));
  }
}

/**
 * Creates again what stood in live before. Unlike those of an artefact such definitions cannot all be proven to work
 * (a trigger on a column that is gone): one that the server refuses does not keep the others from being created.
 */
export async function applyKeptDefinitions(
  loader: Loader,
  schema: string,
  definitions: Definitions,
): Promise<void> {
  for (const part of definitions.parts) {
    const sql = createReadStream(definitionFile(definitions, part));
    await loadSql({ ...loader, force: true }, schema, sql);
  }
}

/**
 * Creates the harmless ones in a schema for trying, to see that the server takes them. Definitions name functions and
 * (when a default character set changed) the schema with the live schema's name; here they must mean the other one.
 */
export async function tryDefinitions(
  loader: Loader,
  live: string,
  trial: string,
  definitions: Definitions,
): Promise<void> {
  for (const part of definitions.parts.filter((name) => harmlessParts.includes(name))) {
    // latin1 maps each byte to one character and back: a replacement that leaves all other bytes alone.
    const sql = await readFile(definitionFile(definitions, part), 'latin1');
    const moved = renameSchema(sql, bytesOf(quoteName(live)), bytesOf(quoteName(trial)));
    await loadSql(loader, trial, Readable.from([Buffer.from(moved, 'latin1')]));
  }
}

function bytesOf(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

/** Both arguments quoted. */
function renameSchema(sql: string, from: string, to: string): string {
  return sql.replaceAll(`${from}.`, `${to}.`).replaceAll(`ALTER DATABASE ${from} `, `ALTER DATABASE ${to} `);
}

/** Drops a schema's triggers, views, routines and events; tables stay. */
export async function dropDefinitions(connection: Connection, schema: string): Promise<void> {
  const objects = await listObjects(connection, schema);
  const inSchema = (name: string) => `${quoteName(schema)}.${quoteName(name)}`;
  // Events first: none shall run while the rest goes away. A package's body goes with its package.
  const drops = [
    ...objects.events.map((name) => `DROP EVENT IF EXISTS ${inSchema(name)}`),
    ...objects.triggers.map((name) => `DROP TRIGGER IF EXISTS ${inSchema(name)}`),
    ...objects.views.map((name) => `DROP VIEW IF EXISTS ${inSchema(name)}`),
    ...objects.routines
      .filter(({ type }) => type !== 'PACKAGE BODY')
      .map(({ type, name }) => `DROP ${type} IF EXISTS ${inSchema(name)}`),
  ];
  for (const drop of drops) await connection.query(drop);
}
