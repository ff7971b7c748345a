import { DomainError, errorCodeOf, isDomainError, isOutOfSpace } from '../../common/errors.js';
import { PlaceError } from '../place-error.js';

/** What may be over in a moment: a share that answers late or was just mounted anew. */
const passing = new Set(['EIO', 'EAGAIN', 'EBUSY', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'EMFILE', 'ENFILE']);

/** Gives a file system's error its meaning for the folder of copies; the path stays in `cause`, for the log. */
export function copyFolderError(error: unknown): unknown {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error);
  if (isOutOfSpace(error) || code === 'EFBIG') {
    return new DomainError('no-space', 'The folder for copies has no space left; nothing was changed.', {
      cause: error,
    });
  }
  if (code === undefined || !/^E(?!RR_)/.test(code)) return error;
  const detail = `The folder for copies cannot be used (${code}). Check that HOLDFAST_COPY_DIR exists and that the service may write to it.`;
  return new PlaceError(detail, passing.has(code), { cause: error });
}
