import { stat } from 'node:fs/promises';
import type { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/errors.js';
import type { UndoLocation, WorkOptions } from '../engine.types.js';
import { asDomainError } from './connection.js';
import { exchange } from './exchange.js';
import { mustHaveSpace } from './free-space.js';
import { inspectDatabase } from './inspect-job.js';
import { readLiveFacts } from './live-facts.js';
import { rewriteWithPageSize } from './page-size-job.js';
import { removeDatabase, type SqliteFile } from './sqlite-file.js';
import { runInThread } from './thread.js';

/** Throws DomainError `not-found` when the undo is gone, else as a restore does; then the undo is still there. */
export async function putBackUndo(
  file: SqliteFile,
  clock: Clock,
  undo: UndoLocation,
  options: WorkOptions,
): Promise<UndoLocation> {
  const path = file.undoPath(undo);
  const size = await stat(path).then(
    ({ size }) => size,
    () => null,
  );
  if (size === null) throw new DomainError('not-found', 'That undo is gone.');
  const resized = `${options.workFolder}/undo-${options.id}.db`;
  try {
    const live = await readLiveFacts(file, clock);
    await mustHaveSpace([{ folder: file.folder, bytes: live.bytes + Math.max(live.bytes, size) }]);
    options.onPhase?.('compare');
    // Its content is not judged: what a restore replaced is put back as it was.
    const { pageSize } = await runInThread(inspectDatabase, { path, check: 'quick' }, options.signal);
    if (pageSize !== live.pageSize) {
      await runInThread(
        rewriteWithPageSize,
        { from: path, to: resized, pageSize: live.pageSize },
        options.signal,
      );
    }
    const replaced = await exchange(file, pageSize === live.pageSize ? path : resized, options);
    await removeDatabase(path);
    return replaced;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw asDomainError(error, file.name);
  } finally {
    await removeDatabase(resized);
  }
}

export async function dropUndo(file: SqliteFile, undo: UndoLocation): Promise<void> {
  await removeDatabase(file.undoPath(undo));
}
