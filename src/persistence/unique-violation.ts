import { QueryFailedError } from 'typeorm';
import { errorCodeOf } from '../common/errors.js';

const codes = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY'];

/** Whether a catalogue statement failed because a row with this key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof QueryFailedError && codes.includes(errorCodeOf(error.driverError) ?? '');
}
