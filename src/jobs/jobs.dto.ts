import type { JobEntity } from './job.entity.js';

/** A run of a backup or a restore. */
export class JobDto {
  id!: string;
  kind!: string;
  database!: string;
  project_id!: string | null;
  /** scheduled, pending, running, done, error or cancelled */
  status!: string;
  phase!: string | null;
  /** What the request would have answered, when done. */
  result!: object | null;
  error!: object | null;
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
      result: job.result as object | null,
      error: job.error,
      created_at: job.createdAt.toISOString(),
      started_at: job.startedAt?.toISOString() ?? null,
      finished_at: job.finishedAt?.toISOString() ?? null,
    };
  }
}
