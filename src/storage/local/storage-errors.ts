import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';

/** Gives a file system's error its meaning; the path stays in `cause`, for the log. */
export function storageError(error: unknown): unknown {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    const detail =
      'No space is left for backups. Free some space or remove old backups; nothing else was changed.';
    return new DomainError('no-space', detail, { cause: error });
  }
  if (code === undefined || !code.startsWith('E') || code.startsWith('ERR_')) return error;
  const detail = `The backup folder cannot be used (${code}). Check that it exists and that the service may write to it.`;
  return new DomainError('storage-unavailable', detail, { cause: error });
}
