import type { JobEntity } from './job.entity.js';

/** How far a run has come; what is not known is 0 or null. */
export class JobProgressDto {
  bytes!: number;
  rows!: number;
  /** how many bytes the last one had */
  expected_bytes!: number | null;
}

/** A run of a backup or a restore. */
export class JobDto {
  id!: string;
  kind!: string;
  database!: string;
  project_id!: string | null;
  /** scheduled, pending, running, done, error or cancelled */
  status!: string;
  phase!: string | null;
  progress!: JobProgressDto | null;
  /** What the request would have answered, when done. */
  result!: object | null;
  error!: object | null;
  /** who wants it to end, or wanted */
  cancelled_by!: string | null;
  created_at!: string;
  started_at!: string | null;
  finished_at!: string | null;

  static of(job: JobEntity): JobDto {
    return {
      id: job.id,
      kind: job.kind,
      database: job.database,
      project_id: job.projectId,
      status: job.status,
      phase: job.phase,
      progress: job.progress && {
        bytes: job.progress.bytes,
        rows: job.progress.rows,
        expected_bytes: job.progress.expectedBytes,
      },
      result: job.result as object | null,
      error: job.error,
      cancelled_by: job.cancelledBy,
      created_at: job.createdAt.toISOString(),
      started_at: job.startedAt?.toISOString() ?? null,
      finished_at: job.finishedAt?.toISOString() ?? null,
    };
  }
}
