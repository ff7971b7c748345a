import type { Connection } from 'mysql2/promise';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestoreSource, WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { compareDefinitions, compareTables } from './compare.js';
import { connect } from './connection.js';
import type { Loader } from './load.js';
import { stagingSchema } from './names.js';
import { openLoader } from './open-loader.js';
import { createSchema, dropSchema } from './schemas.js';
import { sessionLockName } from './session-lock.js';
import { loadStaging } from './stage.js';
import { type Definitions, dropDefinitions, tryDefinitions } from './stored-objects.js';

/** A replacement that is complete and checked, in a schema of its own. */
export interface Staged {
  connection: Connection;
  staging: string;
  definitions: Definitions;
  loader: Loader;
  notes: string[];
  discard(): Promise<void>;
}

/**
 * Loads an artefact into a staging schema and compares it with its manifest; live is not touched. `lookAtLive` comes
 * first, and says what people must know of live.
 */
export async function stageArtefact(
  address: MysqlAddress,
  source: RestoreSource,
  options: WorkOptions,
  lookAtLive: (connection: Connection) => Promise<string[]>,
): Promise<Staged> {
  const staging = stagingSchema(address.database, options.id);
  const sessionLock = sessionLockName(staging, 'client');
  const loader = { ...(await openLoader(address, options)), sessionLock };
  const connection = await connect(address);
  const discard = async () => {
    connection.destroy();
    await dropSchema(address, staging);
  };
  try {
    const notes = await lookAtLive(connection);
    options.onPhase?.('load');
    await createSchema(connection, address.database, staging);
    const definitions = await loadStaging(
      source,
      loader,
      staging,
      await subfolder(options.workFolder, 'incoming'),
    );
    options.onPhase?.('compare');
    await compareTables(connection, staging, source.contents);
    await tryDefinitions(loader, address.database, staging, definitions);
    await compareDefinitions(connection, staging, source.contents);
    await dropDefinitions(connection, staging);
    return { connection, staging, definitions, loader, notes, discard };
  } catch (error) {
    // What went wrong first is what the caller must hear; a staging that cannot be dropped now is swept later.
    await discard().catch(() => undefined);
    throw error;
  }
}

/** A folder of its own for the files of one step of the work. */
export async function subfolder(workFolder: string, name: string): Promise<string> {
  const folder = join(workFolder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
