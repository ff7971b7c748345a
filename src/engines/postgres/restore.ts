import { DomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import {
  type RestoreSource,
  type StagedReplacement,
  type StagedRestore,
  type UndoLocation,
  unannounced,
  type WorkOptions,
} from '../engine.types.js';
import { withConnection } from './connection.js';
import { listObjects } from './database-objects.js';
import { propertiesOf } from './database-properties.js';
import { databaseExists, dropDatabase, renameDatabases } from './databases.js';
import { onServer } from './maintenance.js';
import { companionKind, stagingDatabase, undoDatabase } from './names.js';
import { serverError } from './server-errors.js';
import { loadForUse } from './stage.js';

/**
 * A restore goes into a database of its own, which then takes live's name while live takes the undo's: two renames in one
 * transaction of the server, so that there is no moment with half of it, and nothing for a journal to know.
 */
export async function stagePostgresRestore(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedRestore> {
  const notes = await noteUnknown(address, source);
  const staging = await loadForUse(address, source, options);
  return {
    notes,
    swap: () => exchange(address, staging, options),
    discard: () => dropDatabase(address, staging),
  };
}

export async function stagePostgresReplacement(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedReplacement> {
  const { database } = address;
  const staging = await loadForUse(address, source, options);
  // Live gets the name of something that is to be dropped: what a crash leaves of it, the next recovery removes.
  const replaced = stagingDatabase(database, `${options.id}x`);
  return {
    notes: ['Everything in the live database will be gone for good; this cannot be undone.'],
    replace: async () => {
      options.onPhase?.('swap');
      await inOneMoment(address, options, [
        { from: database, to: replaced },
        { from: staging, to: database },
      ]);
      await dropDatabase(address, replaced);
    },
    discard: () => dropDatabase(address, staging),
  };
}

/** Throws DomainError `not-found` when the undo is gone. */
export async function putBackPostgres(
  address: PostgresAddress,
  undo: UndoLocation,
  options: WorkOptions,
): Promise<UndoLocation> {
  const known =
    companionKind(address.database, undo) === 'undo' &&
    (await onServer(address, (connection) => databaseExists(connection, undo)));
  if (!known) {
    throw new DomainError('not-found', 'What this restore replaced is no longer there. Nothing was changed.');
  }
  return exchange(address, undo, options);
}

/** One that is already gone is no error. */
export async function dropPostgresUndo(address: PostgresAddress, undo: UndoLocation): Promise<void> {
  if (companionKind(address.database, undo) === 'undo') await dropDatabase(address, undo);
}

async function exchange(address: PostgresAddress, next: string, options: WorkOptions): Promise<UndoLocation> {
  options.onPhase?.('swap');
  const undo = undoDatabase(address.database, options.id);
  await inOneMoment(address, options, [
    { from: address.database, to: undo },
    { from: next, to: address.database },
  ]);
  return undo;
}

async function inOneMoment(
  address: PostgresAddress,
  { exclusively = unannounced, signal }: WorkOptions,
  moves: readonly [{ from: string; to: string }, { from: string; to: string }],
): Promise<void> {
  signal?.throwIfAborted();
  const [live, next] = moves;
  const properties = await propertiesOf(address, live.from, next.from).catch((error: unknown) => {
    throw serverError(error);
  });
  await exclusively(() => renameDatabases(address, moves, properties));
}

async function noteUnknown(address: PostgresAddress, { contents }: RestoreSource): Promise<string[]> {
  const live = await withConnection(address, listObjects).catch((error: unknown) => {
    throw serverError(error);
  });
  const known = new Set(contents.tables.map(({ name }) => name));
  const unknown = live.tables.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length === 0) return [];
  return [`The backup does not know these tables; they go to the undo: ${unknown.join(', ')}.`];
}
