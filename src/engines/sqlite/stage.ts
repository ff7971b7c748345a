import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../common/clock.js';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import type { RestoreSource, StagedRestore, WorkOptions } from '../engine.types.js';
import { mustMatch, notesOn } from './compare.js';
import { asDomainError } from './connection.js';
import { exchange } from './exchange.js';
import { mustHaveSpace } from './free-space.js';
import { type Inspection, inspectDatabase, type InspectionJob } from './inspect-job.js';
import { type LiveFacts, readLiveFacts } from './live-facts.js';
import { rewriteWithPageSize } from './page-size-job.js';
import { removeDatabase, type SqliteFile } from './sqlite-file.js';
import { runInThread } from './thread.js';

/** Writes the artefact into the work folder, checks it, and makes it ready to be copied over live. */
export async function stageSqliteRestore(
  file: SqliteFile,
  clock: Clock,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedRestore> {
  const staging = join(options.workFolder, `staging-${options.id}.db`);
  const resized = `${staging}.resized`;
  const discard = async () => {
    await removeDatabase(staging);
    await removeDatabase(resized);
  };
  try {
    const live = await readLiveFacts(file, clock);
    await mustFit(file, live, source, options);
    options.onPhase?.('load');
    await writeArtefact(source, staging, options.signal);
    options.onPhase?.('compare');
    const found = await inspectStaging({ path: staging, check: 'quick' }, options.signal);
    mustMatch(found, source.contents);
    const replacement = found.pageSize === live.pageSize ? staging : resized;
    if (replacement === resized) {
      const job = { from: staging, to: resized, pageSize: live.pageSize };
      await runInThread(rewriteWithPageSize, job, options.signal);
    }
    return {
      notes: notesOn(live.tables, source.contents),
      swap: () => exchange(file, replacement, options),
      discard,
    };
  } catch (error) {
    await discard();
    options.signal?.throwIfAborted();
    throw asDomainError(error, file.name);
  }
}

/** The staging; beside live the undo, and what SQLite keeps of the old pages (or, in a log, of the new) meanwhile. */
function mustFit(
  file: SqliteFile,
  live: LiveFacts,
  source: RestoreSource,
  { workFolder }: WorkOptions,
): Promise<void> {
  const artefact = lengthOf(source);
  return mustHaveSpace([
    { folder: workFolder, bytes: artefact },
    {
      folder: file.folder,
      bytes: live.bytes + Math.max(live.bytes, artefact) + Math.max(0, artefact - live.bytes),
    },
  ]);
}

export function lengthOf(source: RestoreSource): number {
  return source.parts.reduce((sum, { length }) => sum + length, 0);
}

/** Throws DomainError `artefact-damaged` for what is no database, or not as long as its manifest says. */
export async function writeArtefact(
  source: RestoreSource,
  staging: string,
  signal?: AbortSignal,
): Promise<void> {
  const target = createWriteStream(staging, { mode: 0o600, flags: 'wx' });
  await pipeline(await source.open(), target, signal ? { signal } : {});
  const { size } = await stat(staging);
  if (size !== lengthOf(source)) {
    throw new DomainError(
      'artefact-damaged',
      'The backup is not as long as its manifest says. Use another backup.',
    );
  }
  if (!(await isDatabase(staging))) {
    throw new DomainError('artefact-damaged', 'The backup is not a SQLite database. Use another backup.');
  }
}

/** Throws DomainError `artefact-damaged` for what SQLite cannot read. */
export async function inspectStaging(job: InspectionJob, signal?: AbortSignal): Promise<Inspection> {
  try {
    return await runInThread(inspectDatabase, job, signal);
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(errorCodeOf(error) ?? '')) throw error;
    throw new DomainError('artefact-damaged', 'SQLite cannot read the backup. Use another backup.', {
      cause: error,
    });
  }
}

async function isDatabase(path: string): Promise<boolean> {
  const magic = 'SQLite format 3\0';
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return buffer.toString('latin1') === magic;
  } finally {
    await handle.close();
  }
}
