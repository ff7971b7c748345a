import { DomainError, errorCodeOf, isDomainError } from '../../../common/errors.js';
import { isLost, unreachable } from '../connection.js';

const conflicts: Record<string, (place: string) => string> = {
  ER_DUP_ENTRY: (place) => `${place} already has a row with one of these keys. Nothing was changed.`,
  ER_DUP_ENTRY_WITH_KEY_NAME: (place) =>
    `${place} already has a row with one of these keys. Nothing was changed.`,
  ER_LOCK_WAIT_TIMEOUT: (place) =>
    `${place} is locked by somebody else. Nothing was changed; try again later.`,
  ER_LOCK_NOWAIT: (place) => `${place} is locked by somebody else. Nothing was changed; try again later.`,
  ER_LOCK_DEADLOCK: (place) => `${place} was being written by somebody else. Nothing was changed; try again.`,
  ER_TABLE_DEF_CHANGED: (place) => `${place} was altered meanwhile. Nothing was changed; try again.`,
};

/** A row that the table's definition refuses. */
const refusedRow = new Set([
  'ER_BAD_NULL_ERROR',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  // What mysql2 calls the number of MariaDB's ER_CONSTRAINT_FAILED; it only knows MySQL's names.
  'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_DATA_TOO_LONG',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_INVALID_JSON_TEXT',
  'ER_CANT_CREATE_GEOMETRY_OBJECT',
]);

/**
 * What a driver's error means to the caller. The driver's own message repeats rows ("Duplicate entry 'ada@...'") and
 * carries the statement, so that only its code is kept.
 */
export function sessionError(error: unknown, table?: string): DomainError {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error);
  const place = table === undefined ? 'The database' : `The table ${table}`;
  const cause = codeOnly(error);
  if (isLost(error)) return unreachable(cause);
  const conflict = conflicts[code ?? ''];
  if (conflict) return new DomainError('conflict', conflict(place), { cause });
  if (refusedRow.has(code ?? '')) {
    const detail = `${place} refuses a row by its definition (${columnAtFault(error, code) ?? 'a constraint or a type'}). Nothing was changed.`;
    return new DomainError('artefact-unfit', detail, { cause });
  }
  const reason = cause.message;
  if (code === 'ER_NET_PACKET_TOO_LARGE') {
    return new DomainError(
      'database-refused',
      `A row of the table ${table ?? ''} is larger than the server takes (max_allowed_packet). Raise that setting.`,
      { cause },
    );
  }
  const about = table === undefined ? '' : ` on the table ${table}`;
  return new DomainError(
    'database-refused',
    `The database refused the work${about} (${reason}). Check the privileges and the table's definition.`,
    { cause },
  );
}

/** Of these, the driver's message names the column, and no value. */
const namingColumns: Record<string, (column: string) => string> = {
  ER_BAD_NULL_ERROR: (column) => `the column ${column} may not be null`,
  ER_WARN_DATA_OUT_OF_RANGE: (column) => `a value is out of the range of the column ${column}`,
  ER_DATA_TOO_LONG: (column) => `a value is too long for the column ${column}`,
};

function columnAtFault(error: unknown, code: string | undefined): string | null {
  const say = namingColumns[code ?? ''];
  const column = error instanceof Error && /column '([^']+)'/i.exec(error.message)?.[1];
  return say && column ? say(column) : null;
}

function codeOnly(error: unknown): Error {
  const code = errorCodeOf(error) ?? 'no reason given';
  return Object.assign(new Error(code), { code });
}
