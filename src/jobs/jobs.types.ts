import type { Actor, AuditAction, AuditDetails } from '../audit/audit.types.js';
import type { ErrorCode } from '../common/errors.js';

export type JobKind = Extract<
  AuditAction,
  | 'full-backup'
  | 'full-restore'
  | 'put-back'
  | 'project-backup'
  | 'project-restore'
  | 'project-copy'
  | 'verification'
  | 'drop-undo'
  | 'recovery'
>;

export type JobStatus = 'scheduled' | 'pending' | 'running' | 'done' | 'error' | 'cancelled';

export interface JobFault {
  code: ErrorCode;
  detail: string;
}

export interface JobRequest {
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
}

export interface JobContext {
  id: string;
  /** Aborts when the service has to stop. */
  signal: AbortSignal;
  /** Says where the work is: `dump`, `load`, `compare`, `swap`. */
  phase(name: string): void;
  /** Says what the work is about, when the request could not; the first word counts. */
  about(subject: string): void;
  /** Adds to what the audit log says at the end. */
  note(details: AuditDetails): void;
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
