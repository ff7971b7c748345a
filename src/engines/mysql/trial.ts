import type { WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import type { Loader } from './load.js';
import { trialSchema } from './names.js';
import { listObjects, type SchemaObjects } from './schema-objects.js';
import { createEmptyCopies, dropSchema } from './schemas.js';
import { sessionLockName } from './session-lock.js';
import { type Definitions, tryDefinitions } from './stored-objects.js';

/**
 * Live's own triggers, routines and views have to be created again when a swap fails, and when it is undone later. Tries
 * that on empty copies of live's tables before anything is dropped. Returns the triggers and routines that are broken by
 * themselves, which nobody can create again; a missing privilege throws DomainError `database-refused`.
 */
export async function tryKeptDefinitions(
  address: MysqlAddress,
  loader: Loader,
  definitions: Definitions,
  { id }: WorkOptions,
): Promise<string[]> {
  const live = address.database;
  const trial = trialSchema(live, id);
  try {
    await withConnection(address, async (connection) => {
      const { tables } = await listObjects(connection, live);
      const names = tables.filter(({ kind }) => kind !== 'sequence').map(({ name }) => name);
      await createEmptyCopies(connection, live, trial, names);
    });
    const client = { ...loader, sessionLock: sessionLockName(trial, 'client'), force: true };
    await tryDefinitions(client, live, trial, definitions);
    return await withConnection(address, async (connection) => {
      const created = namesOf(await listObjects(connection, trial));
      return namesOf(await listObjects(connection, live)).filter((name) => !created.includes(name));
    });
  } finally {
    await dropSchema(address, trial);
  }
}

function namesOf({ triggers, routines }: SchemaObjects): string[] {
  return [
    ...triggers.map((name) => `trigger ${name}`),
    ...routines.map(({ type, name }) => `${type.toLowerCase()} ${name}`),
  ];
}
