import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { In, Repository } from 'typeorm';
import { Settings } from '../config/settings.js';
import { errorOf, goesOn, stopped } from './job-faults.js';
import { JobEntity } from './job.entity.js';

const pollMs = 200;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Waits for jobs that other processes do. One question for all of them. */
@Injectable()
export class JobOutcomes implements BeforeApplicationShutdown {
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    @InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>,
    private readonly settings: Settings,
  ) {}

  /** What the job gives. Throws what it ended with as DomainError; `shutting-down` when this process ends first. */
  of(id: string): Promise<unknown> {
    if (this.#isOver) return Promise.reject(goesOn(id));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#timer ??= setInterval(() => void this.#look(), pollMs);
    });
  }

  /** Within the time that running work has; afterwards the server closes, which waits until every request is answered. */
  async beforeApplicationShutdown(): Promise<void> {
    const limit = AbortSignal.timeout(this.settings.env.HOLDFAST_SHUTDOWN_SECONDS * 1000);
    while (this.#waiting.size > 0 && !limit.aborted) await sleep(pollMs);
    this.#isOver = true;
    clearInterval(this.#timer);
    for (const [id, { reject }] of this.#waiting) reject(goesOn(id));
    this.#waiting.clear();
  }

  /** A catalogue that is away for a while is asked again. */
  async #look(): Promise<void> {
    const where = { id: In([...this.#waiting.keys()]), status: In(['done', 'error', 'cancelled']) };
    for (const { id, status, result, error } of await this.jobs.findBy(where).catch(() => [])) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (status === 'done') waiting?.resolve(result);
      else waiting?.reject(error ? errorOf(error) : stopped());
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
