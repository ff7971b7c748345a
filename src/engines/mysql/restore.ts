import type { Connection } from 'mysql2/promise';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import type { RestoreSource, StagedRestore, UndoLocation, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { compareDefinitions, compareTables } from './compare.js';
import { connect, quoteName, select, withConnection } from './connection.js';
import { openMysqlDump } from './dump.js';
import type { Loader } from './load.js';
import { definitionsTable, stagingSchema, undoSchema } from './names.js';
import { writeOptionFile } from './option-file.js';
import { findBrokenViews, listObjects } from './schema-objects.js';
import { readServerInfo } from './server.js';
import { loadStaging } from './stage.js';
import { type Definitions, dropDefinitions, saveDefinitions, tryDefinitions } from './stored-objects.js';
import { swapTables } from './swap.js';
import { needClient } from './tools.js';
import { keepDefinitions, takeDefinitions } from './undo.js';

/** Loads into a staging schema and compares it with the manifest; live is not touched. */
export async function stageMysqlRestore(
  address: MysqlAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedRestore> {
  const loader = await openLoader(address, options);
  const staging = stagingSchema(address.database, options.id);
  const connection = await connect(address);
  const discard = async () => {
    connection.destroy();
    await withConnection(address, (fresh) => fresh.query(`DROP DATABASE IF EXISTS ${quoteName(staging)}`));
  };
  try {
    options.onPhase?.('load');
    await createSchema(connection, address.database, staging);
    const definitions = await loadStaging(source, loader, staging, await subfolder(options, 'incoming'));
    options.onPhase?.('compare');
    await compareTables(connection, staging, source.contents);
    await tryDefinitions(loader, address.database, staging, definitions);
    await compareDefinitions(connection, staging, source.contents);
    await dropDefinitions(connection, staging);
    const notes = await notesOf(connection, address.database, source);
    return {
      notes,
      discard,
      swap: () => swapIn(address, { connection, incoming: staging, definitions, loader, options }),
    };
  } catch (error) {
    // What went wrong first is what the caller must hear; a staging that cannot be dropped now is swept later.
    await discard().catch(() => undefined);
    throw error;
  }
}

/** Puts an undo back by the same swap; its schema goes, and what was live becomes a new undo. */
export async function putBackMysql(
  address: MysqlAddress,
  undo: UndoLocation,
  options: WorkOptions,
): Promise<UndoLocation> {
  const loader = await openLoader(address, options);
  return withConnection(address, async (connection) => {
    const definitions = await takeDefinitions(connection, undo, await subfolder(options, 'incoming'));
    const kept = await swapIn(address, { connection, incoming: undo, definitions, loader, options });
    await connection.query(`DROP DATABASE ${quoteName(undo)}`);
    return kept;
  });
}

interface Incoming {
  connection: Connection;
  incoming: string;
  definitions: Definitions;
  loader: Loader;
  options: WorkOptions;
}

async function swapIn(address: MysqlAddress, incoming: Incoming): Promise<UndoLocation> {
  const { connection, options, loader } = incoming;
  const live = address.database;
  const undo = undoSchema(live, options.id);
  options.onPhase?.('swap');
  const dump = await openMysqlDump(address, { ...options, workFolder: await subfolder(options, 'live') });
  const liveDefinitions = await saveDefinitions(dump, await subfolder(options, 'live'));
  await createSchema(connection, live, undo);
  try {
    await keepDefinitions(connection, undo, liveDefinitions);
    await swapTables(connection, {
      live,
      incoming: incoming.incoming,
      undo,
      definitions: { incoming: incoming.definitions, live: liveDefinitions },
      loader,
    });
  } catch (error) {
    await dropIfEmpty(address, undo);
    throw error;
  }
  return undo;
}

/** The undo schema of a swap that did not happen. With tables in it, it is evidence and stays. */
async function dropIfEmpty(address: MysqlAddress, undo: string): Promise<void> {
  await withConnection(address, async (connection) => {
    const { tables } = await listObjects(connection, undo);
    if (tables.every(({ name }) => name === definitionsTable)) {
      await connection.query(`DROP DATABASE IF EXISTS ${quoteName(undo)}`);
    }
  });
}

async function openLoader(address: MysqlAddress, options: WorkOptions): Promise<Loader> {
  const server = await withConnection(address, readServerInfo);
  const client = await needClient(server.mariadb);
  const optionFile = await writeOptionFile(options.workFolder, address, client.mariadb);
  return { client, optionFile, signal: options.signal, lockWaitSeconds: 10 };
}

async function createSchema(connection: Connection, live: string, schema: string): Promise<void> {
  const [defaults] = await select<{ charset: string; collation: string }>(
    connection,
    `SELECT default_character_set_name AS charset, default_collation_name AS collation
     FROM information_schema.schemata WHERE schema_name = ?`,
    [live],
  );
  try {
    await connection.query(
      `CREATE DATABASE ${quoteName(schema)}
       CHARACTER SET ${defaults?.charset ?? 'utf8mb4'} COLLATE ${defaults?.collation ?? 'utf8mb4_bin'}`,
    );
  } catch (error) {
    if (errorCodeOf(error) !== 'ER_DBACCESS_DENIED_ERROR') throw error;
    throw new DomainError(
      'database-refused',
      `The database user may not create the schema ${schema}, in which a restore is checked before anything live ` +
        `is touched. Grant it all privileges on \`${live.replaceAll('_', '\\_')}\\_holdfast\\_%\`.*`,
      { cause: error },
    );
  }
}

async function notesOf(connection: Connection, live: string, { contents }: RestoreSource): Promise<string[]> {
  const known = new Set(contents.tables.map(({ name }) => name));
  const { tables, views } = await listObjects(connection, live);
  const broken = await findBrokenViews(connection, live, views);
  return [
    ...tables
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `The table ${name} is not in the backup; it is kept in the undo only.`),
    ...broken.map(
      (view) => `The view ${view} was broken (what it uses is missing); the undo cannot keep it.`,
    ),
  ];
}

async function subfolder({ workFolder }: WorkOptions, name: string): Promise<string> {
  const folder = join(workFolder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
