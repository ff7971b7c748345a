import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { In, Not, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { DomainError, errorCodeOf, isDomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { OwnerService } from '../persistence/owner.service.js';
import { JobAudit, type JobRecord } from './job-audit.js';
import { JobEntity } from './job.entity.js';
import {
  type JobContext,
  type JobFault,
  type JobKind,
  type JobRequest,
  type JobStatus,
  StartedJob,
} from './jobs.types.js';
import { busy, Lanes } from './lanes.js';

const underWay: JobStatus[] = ['scheduled', 'pending', 'running'];
const housekeeping: ReadonlySet<JobKind> = new Set(['recovery', 'drop-undo']);
interface AcceptedWork<T> {
  id: string;
  turn: Promise<() => void>;
  accepted: Promise<void>;
  record: JobRecord;
  work: (context: JobContext) => Promise<T>;
}

/** Runs work in this process, one job at a time per database, and writes down what became of it. */
@Injectable()
export class JobsService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #log = new Logger('jobs');
  readonly #lanes = new Lanes();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stop = new AbortController();
  #stopping = false;

  constructor(
    @InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>,
    private readonly audit: JobAudit,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly owner: OwnerService,
  ) {}

  /**
   * What was under way when the process ended did not end well. Its working files hold passwords and rows; they go
   * before a new job can make any.
   */
  async onModuleInit(): Promise<void> {
    await this.#sweepWork();
    const under = await this.jobs.findBy({ status: In(underWay) });
    const interrupted = under.filter(({ owner }) => !this.owner.isAlive(owner));
    if (interrupted.length === 0) return;
    const error = stopped();
    await this.jobs.update(
      { id: In(interrupted.map(({ id }) => id)) },
      { status: 'error', error: faultOf(error), finishedAt: this.clock.now() },
    );
    await this.audit.interrupted(interrupted, error);
    this.#log.warn(`${interrupted.length} jobs were interrupted by a stop of the service`);
  }

  async #sweepWork(): Promise<void> {
    const folder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work');
    for (const name of await readdir(folder).catch(emptyIfMissing)) {
      const [owner = ''] = name.split('-', 1);
      if (!this.owner.isAlive(owner)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /**
   * Starts work. Resolves once the job is accepted. What `work` gives is answered to who waits, and kept for who asks
   * later. Throws DomainError `database-busy`, `rate-limited`, `shutting-down`; then no job exists. Throws
   * `audit-unavailable` when something destructive cannot be written down; then it is not done.
   */
  async start<T>(request: JobRequest, work: (context: JobContext) => Promise<T>): Promise<StartedJob<T>> {
    const id = newId();
    const record = this.audit.open(id, request);
    let turn: Promise<() => void>;
    try {
      turn = this.#enter(request);
    } catch (error) {
      await record.refused(error);
      throw error;
    }
    const accepted = this.#accept(id, request, record);
    const done = this.#run({ id, turn, accepted, record, work });
    this.#running.add(done);
    void done.catch(() => undefined).finally(() => this.#running.delete(done));
    // Who is told no may ask again at once, so the turn is over by then.
    await accepted.catch(() => done);
    return new StartedJob(id, done);
  }

  #enter({ kind, database, whenBusy }: JobRequest): Promise<() => void> {
    if (this.#stopping) {
      throw new DomainError('shutting-down', 'The service is stopping. Try again in a minute.');
    }
    return this.#lanes.enter(database, whenBusy, { brief: housekeeping.has(kind) });
  }

  async #accept(id: string, request: JobRequest, record: JobRecord): Promise<void> {
    await this.jobs.insert({
      id,
      kind: request.kind,
      database: request.database,
      projectId: request.projectId ?? null,
      status: 'pending',
      owner: this.owner.id,
      createdBy: request.by.id,
      createdAt: this.clock.now(),
    });
    await record.accepted();
  }

  /**
   * Something brief that must not meet a job of the database, and is none itself. With `refuse` it throws DomainError
   * `database-busy` while one runs or waits, in this process or in another one.
   */
  async inLane<T>(database: string, whenBusy: JobRequest['whenBusy'], action: () => Promise<T>): Promise<T> {
    const leave = await this.#lanes.enter(database, whenBusy, { brief: true });
    try {
      if (whenBusy === 'refuse' && (await this.#isUnderWay(database))) throw busy();
      return await action();
    } finally {
      leave();
    }
  }

  #isUnderWay(database: string): Promise<boolean> {
    return this.jobs.existsBy({ database, status: In(underWay), kind: Not(In([...housekeeping])) });
  }

  find(id: string): Promise<JobEntity | null> {
    return this.jobs.findOneBy({ id });
  }

  async #run<T>({ id, turn, accepted, record, work }: AcceptedWork<T>): Promise<T> {
    const leave = await turn;
    try {
      await accepted;
      if (this.#stop.signal.aborted) throw stopped();
      await this.jobs.update({ id }, { status: 'running', startedAt: this.clock.now() });
      const result = await work(this.#contextOf(id, record));
      await record.done();
      await this.#end(id, 'done', { result: result ?? null });
      return result;
    } catch (error) {
      const fault = faultOf(error);
      if (fault.code === 'internal') this.#log.error(error);
      await record.failed(error);
      await this.#end(id, fault.code === 'shutting-down' ? 'cancelled' : 'error', { error: fault });
      throw error;
    } finally {
      leave();
    }
  }

  #contextOf(id: string, record: JobRecord): JobContext {
    return {
      id,
      signal: this.#stop.signal,
      phase: (name) => void this.jobs.update({ id }, { phase: name }).catch(() => undefined),
      about: (subject) => record.about(subject),
      note: (details) => record.note(details),
    };
  }

  async #end(id: string, status: JobStatus, outcome: { result?: unknown; error?: JobFault }): Promise<void> {
    await this.jobs.update({ id }, { status, finishedAt: this.clock.now(), ...outcome } as object);
  }

  /** Lets what runs come to its end; after the time limit it is aborted, undone and marked. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    if (this.#running.size === 0) return;
    this.#log.log(`waiting for ${this.#running.size} running jobs`);
    const limit = setTimeout(
      () => this.#stop.abort(stopped()),
      this.settings.env.HOLDFAST_SHUTDOWN_SECONDS * 1000,
    );
    await Promise.allSettled(this.#running);
    clearTimeout(limit);
  }
}

function emptyIfMissing(error: unknown): string[] {
  if (errorCodeOf(error) === 'ENOENT') return [];
  throw error;
}

function stopped(): DomainError {
  return new DomainError('shutting-down', 'The service stopped before this had ended.');
}

function faultOf(error: unknown): JobFault {
  if (isDomainError(error)) return { code: error.code, detail: error.detail };
  return { code: 'internal', detail: 'An error that nobody foresaw; the log has it under this request.' };
}
