import type { Connection } from 'mysql2/promise';
import {
  type RestoreSource,
  type StagedRestore,
  unannounced,
  type UndoLocation,
  type WorkOptions,
} from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { mustBeKeepable } from './broken-tables.js';
import { withConnection } from './connection.js';
import { dropMysqlUndo } from './drop-undo.js';
import { openMysqlDump } from './dump.js';
import { beginJournal, type SwapJournal } from './journal.js';
import type { Loader } from './load.js';
import { undoSchema } from './names.js';
import { openLoader } from './open-loader.js';
import { reinstate } from './reinstate.js';
import { readRoutineGrants } from './routine-grants.js';
import { findBrokenViews, listObjects } from './schema-objects.js';
import { createSchema, dropSchema } from './schemas.js';
import { sessionLockName } from './session-lock.js';
import { stageArtefact, subfolder } from './staging.js';
import { type Definitions, saveDefinitions } from './stored-objects.js';
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
  const live = address.database;
  const staged = await stageArtefact(address, source, options, async (connection) => {
    await mustBeKeepable(connection, live);
    return notesOf(connection, live, source);
  });
  const { notes, connection, staging, definitions, loader } = staged;
  return {
    notes,
    discard: staged.discard,
    swap: async () => {
      const incoming = { connection, incoming: staging, onceLive: false, definitions, loader, options };
      const { undo, broken } = await swapIn(address, incoming);
      notes.push(...broken.map(brokenNote));
      return undo;
    },
  };
}

/** Puts an undo back by the same swap; its schema goes, and what was live becomes a new undo. */
export async function putBackMysql(
  address: MysqlAddress,
  undo: UndoLocation,
  options: WorkOptions,
): Promise<UndoLocation> {
  const loader = await openLoader(address, options);
  const kept = await withConnection(address, async (connection) => {
    const definitions = await takeDefinitions(
      connection,
      undo,
      await subfolder(options.workFolder, 'incoming'),
    );
    const incoming = { connection, incoming: undo, onceLive: true, definitions, loader, options };
    return (await swapIn(address, incoming)).undo;
  });
  // Its tables are live now; what is left of it is swept with the next restore if it cannot be dropped now.
  await dropMysqlUndo(address, undo).catch(() => undefined);
  return kept;
}

interface Incoming {
  connection: Connection;
  incoming: string;
  onceLive: boolean;
  definitions: Definitions;
  loader: Loader;
  options: WorkOptions;
}

/** From here on nothing is cancelled: a swap that was begun is brought to its end, or back. */
async function swapIn(
  address: MysqlAddress,
  { connection, options, ...more }: Incoming,
): Promise<{ undo: UndoLocation; broken: string[] }> {
  const live = address.database;
  const undo = undoSchema(live, options.id);
  const loader = { ...more.loader, signal: undefined, sessionLock: sessionLockName(undo, 'client') };
  const folder = await subfolder(options.workFolder, 'live');
  options.onPhase?.('swap');
  const dump = await openMysqlDump(address, { ...options, workFolder: folder });
  const liveDefinitions = await saveDefinitions(dump, folder);
  const broken = await tryKeptDefinitions(address, loader, liveDefinitions, options);
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
  const { definitions, onceLive } = more;
  const { exclusively = unannounced } = options;
  await exclusively(() =>
    swapTables(connection, { undo, journal, definitions, onceLive, loader, grants, reinstate: putBack }),
  );
  return { undo, broken };
}

const brokenNote = (object: string) =>
  `The ${object} was broken (what it uses is missing). The undo has its text; putting back cannot create it.`;

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
