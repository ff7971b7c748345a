import { DomainError, errorCodeOf, isDomainError, isOutOfSpace } from '../../common/errors.js';

/** Gives a file system's error its meaning; the path stays in `cause`, for the log. */
export function storageError(error: unknown): unknown {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error);
  if (isOutOfSpace(error) || code === 'EFBIG') {
    const detail =
      'No space is left for backups. Free some space or remove old backups; nothing else was changed.';
    return new DomainError('no-space', detail, { cause: error });
  }
  // The lock beside the artefacts is SQLite's, and so are its errors.
  if (code === undefined || !/^(E(?!RR_)|SQLITE_)/.test(code)) return error;
  const detail = `The backup folder cannot be used (${code}). Check that it exists and that the service may write to it.`;
  return new DomainError('storage-unavailable', detail, { cause: error });
}
