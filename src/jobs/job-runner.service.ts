import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import type { JobRecord } from './job-audit.js';
import { faultOf, mayPass, stopped, wasStopped } from './job-faults.js';
import { type JobEnd, JobRows } from './job-rows.service.js';
import { JobRun } from './job-run.js';
import type { JobEntity } from './job.entity.js';
import { type JobContext, type JobRequest, repeatable } from './jobs.types.js';

const lookForCancelledEveryMs = 1_000;
/** Before each further try of what is persistent. */
const pausesMs = [2_000, 6_000];

export type Work<T> = (context: JobContext) => Promise<T>;

export interface Run<T> {
  id: string;
  request: JobRequest;
  record: JobRecord;
  work: Work<T>;
  /** The row of a job that somebody else was asked for. */
  left?: JobEntity;
}

/** What runs in this process: brought to its end, cancelled, or ended with the process. */
@Injectable()
export class JobRunner implements BeforeApplicationShutdown {
  readonly #log = new Logger('jobs');
  readonly #runs = new Map<string, JobRun>();
  readonly #running = new Set<Promise<unknown>>();
  /** Ends that the catalogue could not be told yet. */
  readonly #unwritten = new Map<string, JobEnd>();
  readonly #stop = new AbortController();
  #cancelWatch: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly rows: JobRows,
    private readonly settings: Settings,
    private readonly owner: OwnerService,
    processes: ProcessesService,
  ) {
    processes.onLoss(() => {
      for (const run of this.#runs.values()) run.lose();
    });
  }

  /** Nothing new is begun. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Waits for `turn`, works, and writes down what came of it. */
  run<T>(job: Run<T>, turn: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()): Promise<T> {
    const done = this.#run(job, turn);
    this.#running.add(done);
    void done.catch(() => undefined).finally(() => this.#running.delete(done));
    return done;
  }

  async #run<T>(job: Run<T>, turn: (signal: AbortSignal) => Promise<void>): Promise<T> {
    const { id, record, request } = job;
    const run = new JobRun(id, this.rows, record, this.#stop.signal);
    this.#runs.set(id, run);
    this.#watchForCancelled();
    try {
      await turn(run.signal);
      const result = await this.#persistently(request, run, job.work);
      await record.done();
      await this.rows.end(id, { status: 'done', result: result ?? null, progress: run.end() });
      return result;
    } catch (cause) {
      const error = run.reasonOf(cause);
      await this.#failed(job, error, run);
      throw error;
    } finally {
      this.#runs.delete(id);
    }
  }

  async #failed<T>({ id, record, left }: Run<T>, error: unknown, run: JobRun): Promise<void> {
    const progress = run.end();
    const fault = faultOf(error);
    if (fault.code === 'internal') this.#log.error(error);
    // The process ends, and another one may begin again.
    if (left && fault.code === 'shutting-down' && repeatable.has(left.kind)) {
      return this.rows.giveBack(id, this.owner.id);
    }
    await record.failed(error);
    const end = { status: wasStopped(fault) ? 'cancelled' : 'error', error: fault, progress } as const;
    await this.rows.end(id, end).catch((unwritten: unknown) => {
      // It must not be taken for under way as long as this process lives.
      this.#unwritten.set(id, end);
      throw unwritten;
    });
  }

  async #writeEnds(): Promise<void> {
    for (const [id, end] of this.#unwritten) {
      await this.rows.end(id, end);
      this.#unwritten.delete(id);
    }
  }

  async #persistently<T>({ persistent }: JobRequest, run: JobRun, work: Work<T>): Promise<T> {
    for (const pause of persistent ? pausesMs : []) {
      try {
        return await work(run);
      } catch (error) {
        if (!mayPass(error) || run.signal.aborted) throw error;
        run.phase('waiting to try again');
        await sleep(pause, undefined, { signal: run.signal });
      }
    }
    return work(run);
  }

  /** One that runs here hears it at once; others within a second. */
  cancel(id: string, by: string): void {
    this.#runs.get(id)?.cancel(by);
  }

  #watchForCancelled(): void {
    this.#cancelWatch ??= setInterval(() => void this.#lookForCancelled(), lookForCancelledEveryMs).unref();
  }

  async #lookForCancelled(): Promise<void> {
    await this.#writeEnds().catch(() => undefined);
    if (this.#runs.size === 0 && this.#unwritten.size === 0) {
      clearInterval(this.#cancelWatch);
      this.#cancelWatch = undefined;
      return;
    }
    // A catalogue that is away is asked again.
    for (const { id, cancelledBy } of await this.rows.toCancel().catch(() => [])) {
      this.cancel(id, cancelledBy ?? 'Somebody');
    }
  }

  /** Lets what runs come to its end; after the time limit it is aborted, undone and marked. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    if (this.#running.size > 0) {
      this.#log.log(`waiting for ${this.#running.size} running jobs`);
      const limit = setTimeout(
        () => this.#stop.abort(stopped()),
        this.settings.env.HOLDFAST_SHUTDOWN_SECONDS * 1000,
      );
      await Promise.allSettled(this.#running);
      clearTimeout(limit);
    }
    clearInterval(this.#cancelWatch);
  }
}
