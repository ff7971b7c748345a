import { DomainError, errorCodeOf, isDomainError } from '../../common/errors.js';
import { isLost, unreachable } from './connection.js';

/** What an error of the server means to a restore. Only its code is kept: its message may repeat values. */
export function serverError(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  if (isLost(error)) return unreachable(error);
  const code = errorCodeOf(error) ?? 'no reason given';
  const cause = { cause: code };
  switch (code) {
    case '55006':
      return new DomainError(
        'database-busy',
        'Somebody stays connected to the database and cannot be disconnected. End those sessions, or let the database ' +
          'user do so (GRANT pg_signal_backend). Nothing was changed.',
        cause,
      );
    case '42501':
      return new DomainError(
        'database-refused',
        'The database user lacks a privilege: for restores it must own the database and be allowed to create others ' +
          '(CREATEDB). Nothing was changed.',
        cause,
      );
    case '53100':
      return new DomainError(
        'no-space',
        'The database server has no space left for the restore. Nothing was changed.',
        cause,
      );
    default:
      return new DomainError('restore-failed', `The database server refused the restore (${code}).`, cause);
  }
}
