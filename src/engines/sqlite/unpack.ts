import type { Clock } from '../../common/clock.js';
import type { RestoreSource, UnpackedArtefact, WorkOptions } from '../engine.types.js';
import { mustHaveSpace } from './free-space.js';
import { SqliteRows } from './rows/sqlite-rows.js';
import { SqliteFile } from './sqlite-file.js';
import { stageFile, staging } from './stage.js';

/** Writes the artefact into the work folder, checks it, and reads there. */
export async function unpackSqliteFile(
  live: SqliteFile,
  clock: Clock,
  source: RestoreSource,
  options: WorkOptions,
): Promise<UnpackedArtefact> {
  await mustHaveSpace([staging(source, options)]);
  const { replacement, discard } = await stageFile(live, null, source, options);
  return { rows: new SqliteRows(new SqliteFile(replacement), clock), discard };
}
