import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, errorCodeOf } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { JobAudit } from './job-audit.js';
import { faultOf, stopped } from './job-faults.js';
import { JobQueue } from './job-queue.service.js';
import { JobRows } from './job-rows.service.js';
import type { JobEntity } from './job.entity.js';
import { repeatable } from './jobs.types.js';

const lookEveryMs = 5_000;
/** A job that ends each process that takes it must not end them all. */
const mostAttempts = 3;

/** What was under way in processes that are gone: given back, or ended. */
@Injectable()
export class JobSettlement implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('jobs');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rows: JobRows,
    private readonly audit: JobAudit,
    private readonly settings: Settings,
    private readonly owner: OwnerService,
    processes: ProcessesService,
    @Optional() private readonly queue?: JobQueue,
  ) {
    processes.onDeath((dead) => this.settle(dead));
  }

  /** Working files hold passwords and rows; they go before a new job can make any. */
  async onModuleInit(): Promise<void> {
    await this.#sweepWork();
    await this.settle();
    if (!this.queue || this.settings.purpose === 'command') return;
    this.#timer = setInterval(() => void this.#ring(), lookEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #sweepWork(): Promise<void> {
    const folder = join(this.settings.env.HOLDFAST_DATA_DIR, 'work');
    for (const name of await readdir(folder).catch(emptyIfMissing)) {
      const [owner = ''] = name.split('-', 1);
      if (!this.owner.livesHere(owner)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** What `owner` had under way, or whoever is dead. May be asked for twice. */
  async settle(owner?: string): Promise<void> {
    for (const job of await this.rows.orphaned(owner)) {
      if (this.#mayBeRepeated(job)) await this.#giveBack(job);
      else await this.#end(job);
    }
  }

  #mayBeRepeated({ operation, kind, status, attempts, cancelledBy }: JobEntity): boolean {
    if (!this.queue || operation === null || cancelledBy !== null) return false;
    return status === 'pending' || (repeatable.has(kind) && (attempts ?? 0) < mostAttempts);
  }

  async #giveBack({ id, owner, kind, attempts }: JobEntity): Promise<void> {
    if (owner === null) return;
    await this.rows.giveBack(id, owner);
    this.#log.warn(`The process that did a ${kind} is dead; the job is given back`);
    await this.queue?.ring(id, attempts ?? 0);
  }

  async #end(job: JobEntity): Promise<void> {
    const error = (job.attempts ?? 0) < mostAttempts ? stopped() : fatal(mostAttempts);
    if (!(await this.rows.end(job.id, { status: 'error', error: faultOf(error) }, job.owner))) return;
    await this.audit.gaveUp(job, error);
    this.#log.warn(`A ${job.kind} was interrupted by a stop of the process that did it`);
  }

  /** Whatever the bell did not say: it was away, or who heard it is dead. */
  async #ring(): Promise<void> {
    try {
      for (const { id, attempts } of await this.rows.free()) await this.queue?.ring(id, attempts ?? 0);
    } catch (error) {
      this.#log.warn({ msg: 'jobs that wait could not be looked for', err: error });
    }
  }
}

function fatal(attempts: number): DomainError {
  return new DomainError(
    'internal',
    `Each of the ${attempts} processes that did this ended in the middle of it. Look at the log of the workers.`,
  );
}

function emptyIfMissing(error: unknown): string[] {
  if (errorCodeOf(error) === 'ENOENT') return [];
  throw error;
}
