import type { ErrorCode } from '../common/errors.js';

export type JobKind =
  | 'full-backup'
  | 'full-restore'
  | 'put-back'
  | 'project-backup'
  | 'project-restore'
  | 'drop-undo'
  | 'recovery';

export type JobStatus = 'scheduled' | 'pending' | 'running' | 'done' | 'error' | 'cancelled';

export interface JobFault {
  code: ErrorCode;
  detail: string;
}

export interface JobRequest {
  kind: JobKind;
  database: string;
  projectId?: string;
  createdBy: number | null;
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
