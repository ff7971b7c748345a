import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { errorOf, stopped } from './job-faults.js';
import { JobEntity } from './job.entity.js';

const pollMs = 200;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Waits for jobs that other processes do. One question for all of them. */
@Injectable()
export class JobOutcomes implements OnApplicationShutdown {
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(@InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>) {}

  /** What the job gives. Throws what it ended with as DomainError; `shutting-down` when this process ends first. */
  of(id: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#timer ??= setInterval(() => void this.#look(), pollMs);
    });
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    for (const { reject } of this.#waiting.values()) reject(stopped());
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
