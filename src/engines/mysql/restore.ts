import type { Connection } from 'mysql2/promise';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestoreSource, StagedRestore, UndoLocation, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { compareDefinitions, compareTables } from './compare.js';
import { connect, withConnection } from './connection.js';
import { openMysqlDump } from './dump.js';
import { beginJournal, type SwapJournal } from './journal.js';
import type { Loader } from './load.js';
import { stagingSchema, undoSchema } from './names.js';
import { openLoader } from './open-loader.js';
import { reinstate } from './reinstate.js';
import { readRoutineGrants } from './routine-grants.js';
import { findBrokenViews, listObjects } from './schema-objects.js';
import { createSchema, dropSchema } from './schemas.js';
import { sessionLockName } from './session-lock.js';
import { loadStaging } from './stage.js';
import { type Definitions, dropDefinitions, saveDefinitions, tryDefinitions } from './stored-objects.js';
import { passGate, swapTables } from './swap.js';
import { tablesOf } from './table-moves.js';
import { tryKeptDefinitions } from './trial.js';
import { keepDefinitions, keepPart, takeDefinitions } from './undo.js';

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
    await dropSchema(address, staging);
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
  const kept = await withConnection(address, async (connection) => {
    const definitions = await takeDefinitions(connection, undo, await subfolder(options, 'incoming'));
    return swapIn(address, { connection, incoming: undo, definitions, loader, options });
  });
  // Its tables are live now; what is left of it is swept with the next restore if it cannot be dropped now.
  await dropSchema(address, undo).catch(() => undefined);
  return kept;
}

interface Incoming {
  connection: Connection;
  incoming: string;
  definitions: Definitions;
  loader: Loader;
  options: WorkOptions;
}

/** From here on nothing is cancelled: a swap that was begun is brought to its end, or back. */
async function swapIn(
  address: MysqlAddress,
  { connection, options, ...more }: Incoming,
): Promise<UndoLocation> {
  const live = address.database;
  const undo = undoSchema(live, options.id);
  const loader = { ...more.loader, signal: undefined, sessionLock: sessionLockName(undo, 'client') };
  const folder = await subfolder(options, 'live');
  options.onPhase?.('swap');
  const dump = await openMysqlDump(address, { ...options, workFolder: folder });
  const liveDefinitions = await saveDefinitions(dump, folder);
  await tryKeptDefinitions(address, loader, liveDefinitions, options);
  await passGate(connection, live);
  const journal: SwapJournal = {
    state: 'swapping',
    live,
    incoming: more.incoming,
    liveTables: await tablesOf(connection, live),
    incomingTables: await tablesOf(connection, more.incoming),
  };
  const grants = (await readRoutineGrants(connection, live)) ?? [];
  await createSchema(connection, live, undo);
  try {
    await keepDefinitions(connection, undo, liveDefinitions);
    if (grants.length > 0) await keepPart(connection, undo, 'grants', `${grants.join(';\n')};\n`);
    await beginJournal(connection, undo, journal);
  } catch (error) {
    await dropSchema(address, undo);
    throw error;
  }
  const putBack = () => reinstate(address, undo, loader, folder);
  await swapTables(connection, {
    undo,
    journal,
    definitions: more.definitions,
    loader,
    grants,
    reinstate: putBack,
  });
  return undo;
}

const grantsNote =
  'Privileges on single routines may be lost: this account may not read mysql.procs_priv to give them again.';

async function notesOf(connection: Connection, live: string, { contents }: RestoreSource): Promise<string[]> {
  const known = new Set(contents.tables.map(({ name }) => name));
  const { tables, views, routines } = await listObjects(connection, live);
  const grantsUnknown = routines.length > 0 && (await readRoutineGrants(connection, live)) === null;
  const broken = await findBrokenViews(connection, live, views);
  return [
    ...tables
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `The table ${name} is not in the backup; it is kept in the undo only.`),
    ...broken.map(
      (view) => `The view ${view} was broken (what it uses is missing); the undo cannot keep it.`,
    ),
    ...(grantsUnknown ? [grantsNote] : []),
  ];
}

async function subfolder({ workFolder }: WorkOptions, name: string): Promise<string> {
  const folder = join(workFolder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
