import type { ErrorCode } from './errors.js';

/** RFC 9457. `code` is stable; `request_id` finds the log lines. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  request_id: string;
  errors?: { field: string; message: string }[];
}

export const problems: Record<ErrorCode, { status: number; title: string }> = {
  'bad-input': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Authentication is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  gone: { status: 410, title: 'Not available any more' },
  conflict: { status: 409, title: 'It conflicts with the present state' },
  'database-busy': { status: 409, title: 'Something else is running on this database' },
  maintenance: { status: 503, title: 'The database is being exchanged' },
  'precondition-failed': { status: 412, title: 'The file is not the one that was asked for' },
  'too-large': { status: 413, title: 'The request is too large' },
  'bad-range': { status: 416, title: 'The range is not in the file' },
  'artefact-damaged': { status: 422, title: 'The backup is damaged' },
  'artefact-unfit': { status: 422, title: 'The backup does not fit the database' },
  'key-missing': { status: 503, title: 'A key is missing' },
  'scope-leak': { status: 422, title: 'Rows belong to more than one project' },
  'scope-partial': { status: 422, title: 'A table of the project may not be covered' },
  'dump-leak': { status: 422, title: 'What was to be hidden is in the dump' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'database-unreachable': { status: 503, title: 'The database cannot be reached' },
  'database-refused': { status: 503, title: 'The database refused the work' },
  'dump-tool-missing': { status: 503, title: 'A program is missing' },
  'dump-failed': { status: 503, title: 'The dump failed' },
  'restore-failed': { status: 422, title: 'The restore failed' },
  'storage-unavailable': { status: 503, title: 'The backup folder cannot be used' },
  'no-space': { status: 507, title: 'No space left' },
  'audit-unavailable': { status: 503, title: 'The audit log cannot be written' },
  'shutting-down': { status: 503, title: 'The service is stopping' },
  cancelled: { status: 409, title: 'It was cancelled' },
  internal: { status: 500, title: 'Something went wrong' },
};
