import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repository } from 'typeorm';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { LaneClaim } from './lane-claim.entity.js';

const pollMs = 250;

/**
 * One job at a time per database, whichever process runs it. In the target itself a lock holds as well (invariant 5); this
 * is so that nobody waits for that one who could do something else meanwhile.
 */
@Injectable()
export class LaneClaims {
  /** The jobs of this process whose turn it is. What the catalogue could not be told of the others does not count. */
  readonly #held = new Set<string>();

  constructor(
    @InjectRepository(LaneClaim) private readonly claims: Repository<LaneClaim>,
    private readonly owner: OwnerService,
    private readonly processes: ProcessesService,
  ) {
    processes.onDeath((dead) => this.claims.delete({ owner: dead }).then(() => undefined));
  }

  /** Whether the lane is this job's now. */
  async tryTake(lane: string, jobId: string): Promise<boolean> {
    for (;;) {
      try {
        await this.claims.insert({ lane, jobId, owner: this.owner.id });
        this.#held.add(jobId);
        return true;
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
      const other = await this.claims.findOneBy({ lane });
      if (other && (await this.#holds(other))) return false;
      // It ended meanwhile, or its process is dead.
      if (other) await this.claims.delete({ lane, jobId: other.jobId });
    }
  }

  async #holds({ owner, jobId }: LaneClaim): Promise<boolean> {
    return owner === this.owner.id ? this.#held.has(jobId) : this.processes.isAlive(owner);
  }

  /** Waits until the lane is this job's. Throws the signal's reason. */
  async take(lane: string, jobId: string, signal: AbortSignal): Promise<void> {
    while (!(await this.tryTake(lane, jobId))) {
      signal.throwIfAborted();
      await sleep(pollMs);
    }
  }

  /** Also when the catalogue cannot be told: nobody in this process waits for it then, and the others until it has ended. */
  async free(lane: string, jobId: string): Promise<void> {
    this.#held.delete(jobId);
    await this.claims.delete({ lane, jobId });
  }
}
