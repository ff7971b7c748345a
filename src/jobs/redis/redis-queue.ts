import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobQueue } from '../job-queue.service.js';

export const queueName = 'holdfast-jobs';

const patienceMs = 2_000;

/** The bell in Redis: a BullMQ queue of ids, each at most once. Everything else is in the catalogue, which survives it. */
@Injectable()
export class RedisQueue implements JobQueue, OnModuleInit {
  readonly #log = new Logger('redis');
  #isAway = false;

  constructor(@InjectQueue(queueName) private readonly queue: Queue) {}

  /** Without a listener its errors would end the process; its address, which may hold a password, is in none of them. */
  onModuleInit(): void {
    this.queue.on('error', () => this.#tell(true));
  }

  async ring(id: string, tries = 0): Promise<void> {
    // Of a process that died the queue believes for a while that it goes on with its try.
    const jobId = `${id}-${tries}`;
    const added = this.queue.add('job', { id }, { jobId, removeOnComplete: true, removeOnFail: true }).then(
      () => true,
      () => false,
    );
    const heard = await Promise.race([added, sleep(patienceMs, false, { ref: false })]);
    this.#tell(!heard);
  }

  /** Asks only a connection that stands: on another one the question would wait for it, and the next one behind it. */
  async answers(): Promise<boolean> {
    const client = await Promise.race([this.queue.backend.client, sleep(patienceMs, null, { ref: false })]);
    if (client?.status !== 'ready') return false;
    await this.queue.getVersion();
    return true;
  }

  #tell(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (isAway) this.#log.warn('Redis does not answer; jobs wait in the catalogue until it does');
    else this.#log.log('Redis answers again');
  }
}
