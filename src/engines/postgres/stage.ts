import { finished } from 'node:stream/promises';
import { DomainError, isDomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type { DumpContents, RestoreSource, WorkOptions } from '../engine.types.js';
import { withConnection } from './connection.js';
import { type DatabaseObjects, listObjects } from './database-objects.js';
import { createDatabase, dropDatabase } from './databases.js';
import { runDump } from './dump-program.js';
import { differenceOf, mustBeWhole, newScanners } from './inspect.js';
import { loadDump } from './load.js';
import { stagingDatabase } from './names.js';
import { serverError } from './server-errors.js';
import { gatherStatistics } from './statistics.js';
import { toolConnection } from './tool-connection.js';
import { needTool } from './tools.js';

/**
 * Loads an artefact into a database of its own and compares what stands there with the manifest: the rows are dumped again
 * and must have the same checksums. Returns the database's name. Throws DomainError `artefact-damaged`, `artefact-unfit`,
 * `database-unreachable`, `database-refused`, `no-space`; then nothing of it is left.
 */
export async function loadBeside(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<string> {
  const { id, workFolder, signal, onPhase } = options;
  const staging = stagingDatabase(address.database, id);
  signal?.throwIfAborted();
  await createDatabase(address, staging, address.database);
  try {
    onPhase?.('load');
    const scanners = newScanners();
    await loadDump(await toolConnection(workFolder, address, staging), source, scanners, signal);
    mustBeWhole(scanners, source.contents);
    onPhase?.('compare');
    mustFit(differenceOf(scanners.get('tables')?.tables ?? [], source.contents));
    await compareLoaded({ ...address, database: staging }, source.contents, options);
    return staging;
  } catch (error) {
    await dropDatabase(address, staging).catch(() => undefined);
    signal?.throwIfAborted();
    throw error;
  }
}

/** As `loadBeside`, for a database that will be read from, or be live. */
export async function loadForUse(
  address: PostgresAddress,
  source: RestoreSource,
  options: WorkOptions,
): Promise<string> {
  const staging = await loadBeside(address, source, options);
  try {
    await gatherStatistics({ ...address, database: staging });
    return staging;
  } catch (error) {
    await dropDatabase(address, staging).catch(() => undefined);
    throw serverError(error);
  }
}

async function compareLoaded(
  staging: PostgresAddress,
  contents: DumpContents,
  { workFolder, signal }: WorkOptions,
): Promise<void> {
  const { stream, scanner } = runDump({
    tool: await needTool('pg_dump'),
    connection: await toolConnection(workFolder, staging),
    part: 'tables',
    signal: signal ?? new AbortController().signal,
  });
  await finished(stream.resume()).catch((error: unknown) => {
    if (!isDomainError(error) || error.code !== 'dump-failed') throw error;
    throw new DomainError('artefact-unfit', 'What was loaded could not be read again. Nothing was changed.', {
      cause: error,
    });
  });
  mustFit(differenceOf(scanner.tables, contents));
  const loaded = await withConnection(staging, listObjects).catch((error: unknown) => {
    throw serverError(error);
  });
  mustHold(loaded, contents);
}

function mustHold(loaded: DatabaseObjects, contents: DumpContents): void {
  for (const what of ['views', 'triggers', 'routines'] as const) {
    const missing = contents[what].filter((name) => !loaded[what].includes(name));
    if (missing.length > 0) mustFit(`lacks the ${what} ${missing.join(', ')}`);
  }
}

function mustFit(fault: string | null): void {
  if (fault) throw new DomainError('artefact-unfit', `The backup ${fault}. Nothing was changed.`);
}
