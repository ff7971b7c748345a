import { Injectable, Optional } from '@nestjs/common';
import type { Actor } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { currentRequest } from '../common/http/request-context.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { JobAudit } from './job-audit.js';
import { faultOf, stopping, tooMany } from './job-faults.js';
import { JobOutcomes } from './job-outcomes.service.js';
import { JobQueue } from './job-queue.service.js';
import { JobRows } from './job-rows.service.js';
import { JobRunner, type Run, type Work } from './job-runner.service.js';
import type { JobEntity } from './job.entity.js';
import { type JobKind, type JobRequest, StartedJob } from './jobs.types.js';
import { LaneClaims } from './lane-claims.service.js';
import { busy, Lanes, longestQueue } from './lanes.js';
import { type Asked, Operations } from './operations.service.js';

const housekeeping: readonly JobKind[] = ['recovery', 'drop-undo'];

/** Starts work, one job at a time per database, here or in another process, and writes it down. */
@Injectable()
export class JobsService {
  readonly #lanes = new Lanes();

  constructor(
    private readonly rows: JobRows,
    private readonly runner: JobRunner,
    private readonly claims: LaneClaims,
    private readonly operations: Operations,
    private readonly outcomes: JobOutcomes,
    private readonly audit: JobAudit,
    private readonly settings: Settings,
    @Optional() private readonly queue?: JobQueue,
  ) {}

  /**
   * Starts work. Resolves once the job is accepted. What `work` gives is answered to who waits, and kept for who asks
   * later. An operation (see there) is left to whichever process takes it, where there is a queue. Throws DomainError
   * `database-busy`, `rate-limited`, `shutting-down`; then no job exists. Throws `audit-unavailable` when something
   * destructive cannot be written down; then it is not done.
   */
  start<T>(request: JobRequest, work: Work<T>): Promise<StartedJob<T>> {
    const call = this.operations.current();
    if (call?.mode === 'do') return this.operations.leave(() => this.#goOn(call.row, request, work));
    if (call && this.queue && this.settings.purpose !== 'command') {
      return this.#leave(call, request, this.queue) as Promise<StartedJob<T>>;
    }
    return this.operations.leave(() => this.#startHere(request, work));
  }

  async #startHere<T>(request: JobRequest, work: Work<T>): Promise<StartedJob<T>> {
    const job = this.#jobOf(request, work);
    const { id, record } = job;
    const { turn } = await this.#admitted(job, async () => {
      await this.#mustBeFree(request);
      return { turn: this.#enter(request) };
    });
    const accepted = this.rows.insert(id, request).then(() => record.accepted());
    let leave: (() => void) | undefined;
    const done = this.runner
      .run(job, async (signal) => {
        leave = await turn;
        await accepted;
        await this.#takeTurn(job, signal);
      })
      .finally(() => this.claims.free(request.database, id).catch(() => undefined))
      .finally(() => leave?.());
    // Who is told no may ask again at once, so the turn is over by then.
    await accepted.catch(() => done);
    return new StartedJob(id, done);
  }

  /** Among all processes; among those of this one it has come. */
  async #takeTurn<T>({ id, request }: Run<T>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (request.whenBusy === 'wait') await this.claims.take(request.database, id, signal);
    else if (!(await this.claims.tryTake(request.database, id))) throw busy();
    if (await this.rows.begin(id)) return;
    throw new DomainError('cancelled', 'This was cancelled before its turn came.');
  }

  /** The part of an operation that whoever was asked has left to us; its row and its lane are ours already. */
  async #goOn<T>(left: JobEntity, request: JobRequest, work: Work<T>): Promise<StartedJob<T>> {
    const { id } = left;
    const job = { ...this.#jobOf({ ...request, id }, work), left };
    return new StartedJob(id, this.runner.run(job));
  }

  async #leave(
    { operation, args, by }: Asked,
    request: JobRequest,
    queue: JobQueue,
  ): Promise<StartedJob<unknown>> {
    const job = this.#jobOf(request, () => Promise.resolve());
    const { id, record } = job;
    await this.#admitted(job, async () => {
      if (this.runner.isStopping) throw stopping();
      await this.#mustBeFree(request);
      if ((await this.rows.underWay(request.database)) >= longestQueue) throw tooMany(longestQueue);
    });
    const origin = currentRequest() ?? null;
    await this.rows.insert(id, request, { operation, args, askedBy: by, origin, owner: null });
    await this.#admitted(job, () => this.#mustBeFirst(id, request));
    try {
      await record.accepted();
    } catch (error) {
      await this.rows.end(id, { status: 'error', error: faultOf(error) }, null);
      throw error;
    }
    await queue.ring(id);
    return new StartedJob(id, this.outcomes.of(id));
  }

  #jobOf<T>(request: JobRequest, work: Work<T>): Run<T> {
    const id = request.id ?? newId();
    return { id, request, record: this.audit.open(id, request), work };
  }

  async #admitted<T, R>({ record }: Run<T>, ask: () => Promise<R>): Promise<R> {
    try {
      return await ask();
    } catch (error) {
      await record.refused(error);
      throw error;
    }
  }

  async #mustBeFree({ database, whenBusy }: JobRequest): Promise<void> {
    if (whenBusy === 'refuse' && (await this.rows.isUnderWay(database, housekeeping))) throw busy();
  }

  /** Of several that were asked for at the same moment, all of which found the database free, the first one stays. */
  async #mustBeFirst(id: string, { database, whenBusy }: JobRequest): Promise<void> {
    if (whenBusy !== 'refuse' || !(await this.rows.isUnderWay(database, housekeeping, id))) return;
    // Somebody may have taken it already, who found the lane free.
    if (await this.rows.withdraw(id)) throw busy();
  }

  #enter({ kind, database, whenBusy }: JobRequest): Promise<() => void> {
    if (this.runner.isStopping) throw stopping();
    return this.#lanes.enter(database, whenBusy, { brief: housekeeping.includes(kind) });
  }

  /**
   * Something brief that must not meet a job of the database, and is none itself. With `refuse` it throws DomainError
   * `database-busy` while one runs or waits, in this process or in another one.
   */
  async inLane<T>(database: string, whenBusy: JobRequest['whenBusy'], action: () => Promise<T>): Promise<T> {
    const leave = await this.#lanes.enter(database, whenBusy, { brief: true });
    try {
      if (whenBusy === 'refuse' && (await this.rows.isUnderWay(database, housekeeping))) throw busy();
      return await action();
    } finally {
      leave();
    }
  }

  find(id: string): Promise<JobEntity | null> {
    return this.rows.find(id);
  }

  /** To anybody but who started it, and admins, there is no such job. Throws DomainError `not-found`. */
  async visible(id: string, caller: Caller): Promise<JobEntity> {
    const job = await this.rows.find(id);
    if (job && (job.createdBy === caller.id || caller.role !== 'user')) return job;
    throw new DomainError('not-found', 'There is no such job.');
  }

  /** Whether it is still to come to its end. */
  async isUnderWay(id: string): Promise<boolean> {
    const job = await this.rows.find(id);
    return job !== null && job.finishedAt === null;
  }

  /**
   * Ends a job before its time; one that runs ends as soon as what it has begun is undone. What can no longer be undone
   * comes to its end. Throws DomainError `conflict` when it has ended.
   */
  async cancel(job: JobEntity, by: Actor): Promise<JobEntity | null> {
    const { id, kind, database, projectId } = job;
    if (job.finishedAt) throw new DomainError('conflict', `This job has ended already: ${job.status}.`);
    const act = {
      by,
      action: 'cancel-job',
      database,
      projectId,
      subject: kind,
      details: { job: id },
    } as const;
    await this.audit.watch(act, async () => {
      if (await this.rows.cancelWaiting(id, by.name)) return;
      await this.rows.wantCancelled(id, by.name);
      this.runner.cancel(id, by.name);
    });
    return this.rows.find(id);
  }
}
