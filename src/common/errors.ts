/**
 * Every way in which Holdfast says no. A code is stable: clients may test for it. Adding one without a line in the
 * HTTP table (common/problem-details.ts) does not compile.
 */
export type ErrorCode =
  | 'bad-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'conflict'
  | 'database-busy'
  | 'maintenance'
  | 'too-large'
  | 'bad-range'
  | 'precondition-failed'
  | 'artefact-damaged'
  | 'artefact-unfit'
  | 'key-missing'
  | 'scope-leak'
  | 'scope-partial'
  | 'dump-leak'
  | 'rate-limited'
  | 'database-unreachable'
  | 'database-refused'
  | 'dump-tool-missing'
  | 'dump-failed'
  | 'restore-failed'
  | 'storage-unavailable'
  | 'no-space'
  | 'audit-unavailable'
  | 'shutting-down'
  | 'cancelled'
  | 'internal';

export interface FieldError {
  field: string;
  message: string;
}

export interface DomainErrorOptions {
  cause?: unknown;
  /** For bad-input: every field at fault. */
  fields?: FieldError[];
  /** Seconds until the next try is worth it. */
  retryAfterSeconds?: number;
}

/** An error whose `detail` is a sentence for the caller, saying what to do next. It holds no secret and no SQL. */
export class DomainError extends Error {
  readonly fields: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: DomainErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}

/** The `code` of a Node or driver error (`ENOENT`, `ER_DUP_ENTRY`), or undefined. */
export function errorCodeOf(error: unknown): string | undefined {
  // Not `instanceof Error`: an error of another realm (a worker thread, Jest's sandbox) is none of ours.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL']);

/** Whether a disk or a quota is full: what the file system, SQLite, MySQL and MariaDB say then. */
export function isOutOfSpace(error: unknown): boolean {
  return outOfSpace.has(errorCodeOf(error) ?? '');
}
