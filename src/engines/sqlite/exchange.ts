import { DomainError } from '../../common/errors.js';
import type { UndoLocation, WorkOptions } from '../engine.types.js';
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
  { id, onPhase, signal }: WorkOptions,
): Promise<UndoLocation> {
  signal?.throwIfAborted();
  onPhase?.('swap');
  const undo = file.undoLocation(id);
  const undoPath = file.undoPath(undo);
  try {
    await runInThread(exchangeDatabase, {
      live: file.path,
      folder: file.folder,
      replacement,
      undo: undoPath,
      partialUndo: partialOf(undoPath),
      waitMs,
    });
    return undo;
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
