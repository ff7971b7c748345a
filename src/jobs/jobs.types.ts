import type { Actor, AuditAction, AuditDetails } from '../audit/audit.types.js';
import { type ErrorCode, type FieldError, isDomainError } from '../common/errors.js';

export type JobKind = Extract<
  AuditAction,
  | 'full-backup'
  | 'full-restore'
  | 'put-back'
  | 'project-backup'
  | 'project-restore'
  | 'project-copy'
  | 'verification'
  | 'build-dump'
  | 'drop-undo'
  | 'recovery'
>;

export type JobStatus = 'scheduled' | 'pending' | 'running' | 'done' | 'error' | 'cancelled';

/** Of these a second run does no harm, so that another process may begin again what a dead one was doing. */
export const repeatable: ReadonlySet<JobKind> = new Set(['full-backup', 'project-backup', 'verification']);

/** How far a job has come, as far as anybody can tell. */
export interface JobProgress {
  /** Written or read so far. */
  bytes: number;
  rows: number;
  /** What `bytes` will probably come to; null when there is nothing to guess from. */
  expectedBytes: number | null;
}

export interface JobFault {
  code: ErrorCode;
  detail: string;
  /** Of bad-input. */
  fields?: FieldError[];
}

export interface JobRequest {
  /** One of its own if left out. */
  id?: string;
  kind: JobKind;
  database: string;
  projectId?: string;
  by: Actor;
  /** What it is about, for the audit log: a file name, the id of an undo. Unknown yet for a backup: see `JobContext`. */
  subject?: string;
  /** What the audit log shall say beside that. */
  details?: AuditDetails;
  /**
   * What happens while something else runs on the database: a backup `waits` for its turn, a restore is `refused`
   * (who asks for a restore must see the state that it replaces).
   */
  whenBusy: 'wait' | 'refuse';
  /** For what nobody waits for: try again, a few times, what failed for a reason that may pass. */
  persistent?: boolean;
}

export interface JobContext {
  id: string;
  /** Aborts when the service has to stop, or somebody cancels the job. */
  signal: AbortSignal;
  /** Says where the work is: `dump`, `load`, `compare`, `swap`. */
  phase(name: string): void;
  /** Says how far it has come since it was last said. */
  advance(by: { bytes?: number; rows?: number }): void;
  /** Says what to expect: how large the last one was. */
  expect(bytes: number | null): void;
  /** Says what the work is about, when the request could not; the first word counts. */
  about(subject: string): void;
  /** Adds to what the audit log says at the end. */
  note(details: AuditDetails): void;
}

/** Whether somebody wants the job to end, and not the process. */
export function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && isDomainError(reason) && reason.code === 'cancelled';
}

/** A job under way. Its answer is in the catalogue even when nobody waits for it. */
export class StartedJob<T> {
  constructor(
    readonly id: string,
    readonly done: Promise<T>,
  ) {
    // Nobody may be waiting (respond-async); the job's row has the error then.
    done.catch(() => undefined);
  }
}
