import type { ErrorCode } from '../common/errors.js';

/** What a script learns from the exit code. Documented in docs/operations.md; numbers never change their meaning. */
export const exitCodes = {
  done: 0,
  /** Anything without a number of its own; the message says what. */
  failed: 1,
  /** A word, an option or a setting is wrong; nothing was begun. */
  usage: 2,
  notFound: 3,
  /** Something else is at work on it; try again. */
  busy: 4,
  /** The backup is damaged or does not fit, use another; or the audit log is not what was written. */
  damaged: 5,
  /** The database, a program, a key or the backup folder cannot be reached. */
  unreachable: 6,
  noSpace: 7,
  interrupted: 130,
} as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeOf: Record<ErrorCode, ExitCode> = {
  'bad-input': exitCodes.usage,
  unauthenticated: exitCodes.failed,
  forbidden: exitCodes.failed,
  'not-found': exitCodes.notFound,
  gone: exitCodes.notFound,
  conflict: exitCodes.busy,
  'database-busy': exitCodes.busy,
  maintenance: exitCodes.busy,
  'precondition-failed': exitCodes.failed,
  'too-large': exitCodes.failed,
  'bad-range': exitCodes.failed,
  'artefact-damaged': exitCodes.damaged,
  'artefact-unfit': exitCodes.damaged,
  'key-missing': exitCodes.unreachable,
  'scope-leak': exitCodes.failed,
  'dump-leak': exitCodes.failed,
  'scope-partial': exitCodes.failed,
  'rate-limited': exitCodes.busy,
  'database-unreachable': exitCodes.unreachable,
  'database-refused': exitCodes.unreachable,
  'dump-tool-missing': exitCodes.unreachable,
  'dump-failed': exitCodes.failed,
  'restore-failed': exitCodes.failed,
  'storage-unavailable': exitCodes.unreachable,
  'no-space': exitCodes.noSpace,
  'audit-unavailable': exitCodes.unreachable,
  'shutting-down': exitCodes.interrupted,
  cancelled: exitCodes.interrupted,
  internal: exitCodes.failed,
};
