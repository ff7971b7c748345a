import { Injectable } from '@nestjs/common';
import { JobAudit } from './job-audit.js';
import { faultOf } from './job-faults.js';
import { JobRows } from './job-rows.service.js';
import { JobRunner } from './job-runner.service.js';
import type { JobEntity } from './job.entity.js';
import { LaneClaims } from './lane-claims.service.js';
import { Operations } from './operations.service.js';

/** Does jobs that any process may do. */
@Injectable()
export class QueuedJobs {
  constructor(
    private readonly rows: JobRows,
    private readonly claims: LaneClaims,
    private readonly runner: JobRunner,
    private readonly operations: Operations,
    private readonly audit: JobAudit,
  ) {}

  /**
   * Does a job, if it is still to be done. `later`: its database is busy, or this process stops; nothing was begun.
   * Never throws for what is the job's own fault, which is in its row.
   */
  async do(id: string): Promise<'done' | 'later'> {
    const job = await this.rows.find(id);
    if (!job || job.finishedAt !== null || job.owner !== null) return 'done';
    if (this.runner.isStopping || !(await this.claims.tryTake(job.database, id))) return 'later';
    try {
      if (await this.rows.take(job)) await this.#do(job);
    } finally {
      await this.claims.free(job.database, id);
    }
    return 'done';
  }

  async #do(job: JobEntity): Promise<void> {
    try {
      const started = await this.operations.do(job);
      await started.done.catch(() => undefined);
    } catch (error) {
      // It did not come as far as its job: what it needs is gone meanwhile.
      const fault = faultOf(error);
      if (await this.rows.end(job.id, { status: 'error', error: fault })) await this.audit.gaveUp(job, error);
    }
  }
}
