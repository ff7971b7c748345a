import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, Not, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { JobEntity } from './job.entity.js';
import type { JobFault, JobKind, JobProgress, JobRequest, JobStatus } from './jobs.types.js';

const underWay: JobStatus[] = ['scheduled', 'pending', 'running'];

export type JobEnd =
  | { status: 'done'; result: unknown; progress?: JobProgress }
  | { status: 'error' | 'cancelled'; error: JobFault; progress?: JobProgress };

type Asked = Partial<Pick<JobEntity, 'operation' | 'args' | 'askedBy' | 'origin' | 'owner'>>;

/** The rows of jobs while they are under way, and their only writer. Each step says from where it leads, so that no two processes take the same. */
@Injectable()
export class JobRows {
  constructor(
    @InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>,
    private readonly owner: OwnerService,
    private readonly processes: ProcessesService,
    private readonly clock: Clock,
  ) {}

  /** This process runs it, unless `asked` leaves that open. */
  async insert(id: string, request: JobRequest, asked: Asked = {}): Promise<void> {
    const row = {
      id,
      kind: request.kind,
      database: request.database,
      projectId: request.projectId ?? null,
      status: 'pending',
      owner: this.owner.id,
      createdBy: request.by.id,
      createdAt: this.clock.now(),
      attempts: 0,
      ...asked,
    };
    await this.jobs.insert(row as object);
  }

  find(id: string): Promise<JobEntity | null> {
    return this.jobs.findOneBy({ id });
  }

  /** Whether it was still to be begun. */
  async begin(id: string): Promise<boolean> {
    const facts = { status: 'running' as const, startedAt: this.clock.now(), attempts: 1 };
    const { affected } = await this.jobs.update({ id, status: 'pending', owner: this.owner.id }, facts);
    return affected === 1;
  }

  /** Takes a job that any process may do. Whether nobody else has. */
  async take({ id, attempts, startedAt }: JobEntity): Promise<boolean> {
    const facts = {
      status: 'running' as const,
      owner: this.owner.id,
      startedAt: startedAt ?? this.clock.now(),
      attempts: (attempts ?? 0) + 1,
    };
    const free = { id, owner: IsNull(), status: In(['pending', 'running']) };
    const { affected } = await this.jobs.update(free, facts as object);
    return affected === 1;
  }

  /** Leaves it to another process; it goes on being under way. */
  async giveBack(id: string, owner: string): Promise<void> {
    await this.jobs.update({ id, owner, status: In(underWay) }, { owner: null, phase: null });
  }

  /** A status never moves back, and only its owner's word counts. Whether it had not ended. */
  async end(
    id: string,
    { status, ...outcome }: JobEnd,
    owner: string | null = this.owner.id,
  ): Promise<boolean> {
    const open = { id, status: In(underWay), owner: owner ?? IsNull() };
    const facts = { status, finishedAt: this.clock.now(), ...outcome } as object;
    const { affected } = await this.jobs.update(open, facts);
    return affected === 1;
  }

  /** What is only for show: a catalogue that is away stops nothing. */
  write(id: string, facts: Partial<Pick<JobEntity, 'phase' | 'progress'>>): void {
    void this.jobs.update({ id, owner: this.owner.id }, facts as object).catch(() => undefined);
  }

  /** Whether it had not begun. */
  async cancelWaiting(id: string, by: string): Promise<boolean> {
    const error: JobFault = { code: 'cancelled', detail: `${by} cancelled this before its turn came.` };
    const facts = { status: 'cancelled', cancelledBy: by, error, finishedAt: this.clock.now() };
    const { affected } = await this.jobs.update({ id, status: 'pending' }, facts as object);
    return affected === 1;
  }

  async wantCancelled(id: string, by: string): Promise<void> {
    await this.jobs.update({ id, cancelledBy: IsNull(), status: In(underWay) }, { cancelledBy: by });
  }

  /** Those of this process that somebody wants cancelled. */
  toCancel(): Promise<JobEntity[]> {
    return this.jobs.findBy({ owner: this.owner.id, status: In(underWay), cancelledBy: Not(IsNull()) });
  }

  /** Under way by a process that is gone: by `owner`, or by any that is not alive. */
  async orphaned(owner?: string): Promise<JobEntity[]> {
    const status = In(underWay);
    const found = await this.jobs.findBy([
      { status, owner: owner ?? Not(IsNull()) },
      // From a version that wrote no owners.
      { status, owner: IsNull(), operation: IsNull() },
    ]);
    const alive = new Map<string | null, boolean>();
    for (const row of found) {
      if (!alive.has(row.owner)) alive.set(row.owner, await this.processes.isAlive(row.owner));
    }
    return found.filter((row) => !alive.get(row.owner));
  }

  /** Those that any process may take, oldest first. */
  free(): Promise<JobEntity[]> {
    const where = { status: In(['pending', 'running']), owner: IsNull(), operation: Not(IsNull()) };
    return this.jobs.find({ where, order: { seq: 'ASC' } });
  }

  /** Whether anything but `kinds` is under way on the database, in any process; with `before`, what came before that job. */
  async isUnderWay(database: string, kinds: readonly JobKind[], before?: string): Promise<boolean> {
    const last = before === undefined ? null : await this.jobs.findOneBy({ id: before });
    const seq = last && { seq: LessThan(last.seq) };
    return this.jobs.existsBy({ database, status: In(underWay), kind: Not(In([...kinds])), ...seq });
  }

  /** As if it had never been asked for. Whether nobody had taken it yet. */
  async withdraw(id: string): Promise<boolean> {
    const { affected } = await this.jobs.delete({ id, status: 'pending', owner: IsNull() });
    return affected === 1;
  }

  /** Waiting or at work. */
  underWay(database: string): Promise<number> {
    return this.jobs.countBy({ database, status: In(underWay) });
  }
}
