import { DomainError, errorCodeOf, isDomainError } from '../../../common/errors.js';
import { isLost, unreachable } from '../connection.js';

const conflicts: Record<string, string> = {
  '23505': 'already has a row with one of these keys. Nothing was changed.',
  '23P01': 'already has a row that excludes one of these. Nothing was changed.',
  '55P03': 'is locked by somebody else. Nothing was changed; try again later.',
  '40P01': 'was being written by somebody else. Nothing was changed; try again.',
  '40001': 'was being written by somebody else. Nothing was changed; try again.',
};

/**
 * What a driver's error means to the caller. The server's own message and detail repeat values ("Key (email)=(...)
 * already exists"), so that only its code and the name of the column are kept.
 */
export function sessionError(error: unknown, table?: string): DomainError {
  if (isDomainError(error)) return error;
  if (isLost(error)) return unreachable(error);
  const code = errorCodeOf(error) ?? 'no reason given';
  const cause = Object.assign(new Error(code), { code });
  const place = table === undefined ? 'The database' : `The table ${table}`;
  const conflict = conflicts[code];
  if (conflict) return new DomainError('conflict', `${place} ${conflict}`, { cause });
  // Classes 22 (a value that is none of the type) and 23 (a constraint).
  if (/^2[23]/.test(code)) {
    const detail = `${place} refuses a row by its definition (${columnAtFault(error, code)}). Nothing was changed.`;
    return new DomainError('artefact-unfit', detail, { cause });
  }
  if (code === '53100') {
    return new DomainError('no-space', 'The database server has no space left. Nothing was changed.', {
      cause,
    });
  }
  const about = table === undefined ? '' : ` on the table ${table}`;
  return new DomainError(
    'database-refused',
    `The database refused the work${about} (${code}). Check the privileges and the table's definition.`,
    { cause },
  );
}

function columnAtFault(error: unknown, code: string): string {
  const column = error instanceof Error && 'column' in error ? error.column : undefined;
  if (code === '23502' && typeof column === 'string') return `the column ${column} may not be null`;
  return `a constraint or a type, ${code}`;
}
