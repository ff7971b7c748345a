import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNewFile } from '../../common/atomic-file.js';
import type { Clock } from '../../common/clock.js';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import type { RestoreSource, StagedReplacement, StagedRestore, WorkOptions } from '../engine.types.js';
import { mustMatch, notesOn } from './compare.js';
import { asDomainError, isBroken } from './connection.js';
import { exchange, exchangeContent } from './exchange.js';
import { mustHaveSpace } from './free-space.js';
import { type Inspection, inspectDatabase, type InspectionJob } from './inspect-job.js';
import { type LiveFacts, readLiveFacts } from './live-facts.js';
import { rewriteWithPageSize } from './page-size-job.js';
import { replaceFile } from './replace-file.js';
import { removeDatabase, type SqliteFile } from './sqlite-file.js';
import { runInThread } from './thread.js';

/** Writes the artefact into the work folder, checks it, and makes it ready to be copied over live. */
export async function stageSqliteRestore(
  file: SqliteFile,
  clock: Clock,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedRestore> {
  const live = await readLiveFacts(file, clock).catch((error: unknown) => {
    throw asDomainError(error, file.name);
  });
  const beside = exchangeBytes(live, source) + live.bytes;
  await mustHaveSpace([staging(source, options), { folder: file.folder, bytes: beside }], adviceWithUndo);
  const { replacement, discard } = await stageFile(file, live.pageSize, source, options);
  const notes = notesOn(live.tables, source.contents);
  return { notes, discard, swap: () => exchange(file, replacement, options) };
}

/**
 * The same, with nothing kept of live. One that SQLite can open is overwritten through SQLite, for those who have it open;
 * only another file takes the place of one that it cannot.
 */
export async function stageSqliteReplacement(
  file: SqliteFile,
  clock: Clock,
  source: RestoreSource,
  options: WorkOptions,
): Promise<StagedReplacement> {
  const live = await readLiveFacts(file, clock).catch((error: unknown) => {
    if (isBroken(error)) return null;
    throw asDomainError(error, file.name);
  });
  const beside = live ? exchangeBytes(live, source) : lengthOf(source);
  await mustHaveSpace([staging(source, options), { folder: file.folder, bytes: beside }]);
  const { replacement, discard } = await stageFile(file, live?.pageSize ?? null, source, options);
  return {
    notes: ['Nothing of what was live before is kept: this restore cannot be undone.'],
    discard,
    replace: async () => {
      options.signal?.throwIfAborted();
      options.onPhase?.('swap');
      if (live) await exchangeContent(file, replacement, null, options);
      else {
        await replaceFile(file, replacement, options).catch((error: unknown) => {
          throw asDomainError(error, file.name);
        });
      }
    },
  };
}

const adviceWithUndo =
  'Make room and try again, or restore with keep_nothing, which needs no room for an undo.';

/** What SQLite keeps beside live of the old pages (or, in a log, of the new) while it overwrites them. */
function exchangeBytes(live: LiveFacts, source: RestoreSource): number {
  const artefact = lengthOf(source);
  return Math.max(live.bytes, artefact) + Math.max(0, artefact - live.bytes);
}

export function staging(source: RestoreSource, { workFolder }: WorkOptions) {
  return { folder: workFolder, bytes: lengthOf(source) };
}

/** `pageSize`: live's, in which the replacement must be; null when it may have its own. */
export async function stageFile(
  file: SqliteFile,
  pageSize: number | null,
  source: RestoreSource,
  options: WorkOptions,
): Promise<{ replacement: string; discard: () => Promise<void> }> {
  const staging = join(options.workFolder, `staging-${options.id}.db`);
  const resized = `${staging}.resized`;
  const discard = async () => {
    await removeDatabase(staging);
    await removeDatabase(resized);
  };
  try {
    options.onPhase?.('load');
    await writeArtefact(source, staging, options.signal);
    options.onPhase?.('compare');
    const found = await inspectStaging({ path: staging, check: 'quick' }, options.signal);
    mustMatch(found, source.contents);
    if (pageSize === null || found.pageSize === pageSize) return { replacement: staging, discard };
    await runInThread(rewriteWithPageSize, { from: staging, to: resized, pageSize }, options.signal);
    return { replacement: resized, discard };
  } catch (error) {
    await discard();
    options.signal?.throwIfAborted();
    throw asDomainError(error, file.name);
  }
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
  await writeNewFile(staging, await source.open(), 0o600, signal);
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
