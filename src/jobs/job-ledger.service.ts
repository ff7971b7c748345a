import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { JobEntity } from './job.entity.js';
import type { JobStatus } from './jobs.types.js';

const ended: JobStatus[] = ['done', 'error', 'cancelled'];
const underWay: JobStatus[] = ['scheduled', 'pending', 'running'];

/** How many jobs of a database wait or run, in all processes on this catalogue. */
export interface JobCount {
  database: string;
  status: JobStatus;
  count: number;
}

/**
 * The jobs as they are written down, for those who were not there when they ended: another process ran them, or it died and
 * a later start marked them.
 */
@Injectable()
export class JobLedger {
  constructor(
    @InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>,
    private readonly clock: Clock,
  ) {}

  /** Jobs whose end nobody has noticed yet, in the order of their ends. */
  unnoticed(limit: number): Promise<JobEntity[]> {
    return this.jobs.find({
      where: { noticedAt: IsNull(), status: In(ended) },
      order: { finishedAt: 'ASC', seq: 'ASC' },
      take: limit,
    });
  }

  isUnnoticed(id: string): Promise<boolean> {
    return this.jobs.existsBy({ id, noticedAt: IsNull() });
  }

  async markNoticed(id: string): Promise<void> {
    await this.jobs.update({ id }, { noticedAt: this.clock.now() });
  }

  async underWay(): Promise<JobCount[]> {
    const rows = await this.jobs
      .createQueryBuilder('job')
      .select('job.database', 'database')
      .addSelect('job.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .where({ status: In(underWay) })
      .groupBy('job.database')
      .addGroupBy('job.status')
      .getRawMany<{ database: string; status: JobStatus; count: number | string }>();
    return rows.map(({ database, status, count }) => ({ database, status, count: Number(count) }));
  }
}
