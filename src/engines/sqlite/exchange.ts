import { DomainError } from '../../common/errors.js';
import { unannounced, type UndoLocation, type WorkOptions } from '../engine.types.js';
import { asDomainError, isBusy } from './connection.js';
import { exchangeDatabase } from './exchange-job.js';
import { partialOf, type SqliteFile } from './sqlite-file.js';
import { runInThread } from './thread.js';

const waitMs = 20_000;

/**
 * Puts `replacement` in live's place and keeps what it replaced. Not to be aborted once begun. Throws DomainError
 * `database-busy`, `no-space`, `restore-failed`; then live is as before.
 */
export async function exchange(
  file: SqliteFile,
  replacement: string,
  options: WorkOptions,
): Promise<UndoLocation> {
  const { id, onPhase, signal } = options;
  signal?.throwIfAborted();
  onPhase?.('swap');
  const undo = file.undoLocation(id);
  const path = file.undoPath(undo);
  await exchangeContent(file, replacement, { path, partial: partialOf(path) }, options);
  return undo;
}

/** As `exchange`, with the undo's place given; null keeps nothing. */
export async function exchangeContent(
  file: SqliteFile,
  replacement: string,
  undo: { path: string; partial: string } | null,
  { exclusively = unannounced }: WorkOptions,
): Promise<void> {
  const { path: live, folder } = file;
  try {
    await exclusively(() => runInThread(exchangeDatabase, { live, folder, replacement, undo, waitMs }));
  } catch (error) {
    if (isBusy(error)) {
      throw new DomainError(
        'database-busy',
        `Another program keeps "${file.name}" in use. Try again when it has ended. Nothing was changed.`,
        { cause: error },
      );
    }
    const reason = asDomainError(error, file.name);
    if (reason.code === 'no-space') throw reason;
    throw new DomainError('restore-failed', `${reason.detail} Nothing was changed.`, { cause: error });
  }
}
