import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { QueuedJobs } from '../queued-jobs.service.js';
import { queueName } from './redis-queue.js';

/** How soon a job whose database is busy is tried again. */
const laterMs = 500;

/** Does the jobs that Redis tells of, HOLDFAST_WORK_AT_ONCE at a time. */
@Processor(queueName, { autorun: false })
export class JobProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('worker');

  constructor(
    private readonly jobs: QueuedJobs,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    // Redis away, or a job that another process took meanwhile: the catalogue knows better, and it is tried again.
    this.worker.on('error', (error) => this.#log.debug({ msg: 'the queue', err: error }));
    const atOnce = this.settings.env.HOLDFAST_WORK_AT_ONCE;
    if (this.settings.purpose === 'command' || atOnce === 0) return;
    this.worker.concurrency = atOnce;
    void this.worker.run().catch((error: unknown) => this.#log.error(error));
  }

  /** What runs comes to its end (JobRunner); nothing new is taken. */
  async onModuleDestroy(): Promise<void> {
    if (this.worker.isRunning()) await this.worker.pause(true);
  }

  async process(job: Job<{ id: string }>, token?: string): Promise<void> {
    if ((await this.jobs.do(job.data.id)) === 'done') return;
    await job.moveToDelayed(this.clock.now().getTime() + laterMs, token);
    throw new DelayedError();
  }
}
