import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull, LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { newId } from '../common/random.js';
import { MaintenanceEntity } from './maintenance.entity.js';
import type { Maintenance } from './maintenance.types.js';

const leaseMs = 10_000;
const renewEveryMs = 3_000;
const patienceMs = 15_000;
const pollMs = 50;

/**
 * Announces the moments in which a database, or a project, must be left alone, and lets those wait who would see half
 * of it. The announcement is a lease in the catalogue, so that every process sees it; it is renewed while the work lasts
 * and ends by itself when the process dies.
 */
@Injectable()
export class MaintenanceService {
  readonly #log = new Logger('maintenance');

  constructor(
    @InjectRepository(MaintenanceEntity) private readonly leases: Repository<MaintenanceEntity>,
    private readonly clock: Clock,
  ) {}

  /** Does `work` under a lease. `ms` is how long others had to wait at most. */
  async during<T>(
    what: Pick<Maintenance, 'database' | 'projectId' | 'reason'>,
    work: () => Promise<T>,
  ): Promise<{ result: T; ms: number }> {
    const id = newId();
    await this.leases.delete({ until: LessThanOrEqual(this.clock.now()) });
    await this.leases.insert({ ...what, id, since: this.clock.now(), until: this.#fromNow() });
    const renewal = setInterval(() => {
      this.leases.update({ id }, { until: this.#fromNow() }).catch((error: unknown) => {
        this.#log.warn({ msg: 'the maintenance could not be announced for longer', err: error });
      });
    }, renewEveryMs);
    const began = this.clock.monotonicMs();
    try {
      const result = await work();
      return { result, ms: Math.round(this.clock.monotonicMs() - began) };
    } finally {
      clearInterval(renewal);
      await this.leases.delete({ id }).catch((error: unknown) => {
        this.#log.warn({ msg: 'a maintenance that is over ends with its lease', err: error });
      });
    }
  }

  /** What is under way, oldest first. */
  list(): Promise<Maintenance[]> {
    return this.leases.find({ where: { until: MoreThan(this.clock.now()) }, order: { seq: 'ASC' } });
  }

  /** What a caller that works with the whole database, or with one project of it, has to wait for. */
  async current(database: string, projectId?: string): Promise<Maintenance | null> {
    const found = (await this.list()).filter((lease) => lease.database === database);
    return (
      found.find((lease) => lease.projectId === null) ??
      found.find((lease) => projectId !== undefined && lease.projectId === projectId) ??
      null
    );
  }

  /**
   * For whoever reads the live database: returns when no exchange of it is under way, at once as a rule. A project's
   * restore makes nobody wait: it is one transaction. Throws DomainError `maintenance` when it takes too long.
   */
  async pass(database: string): Promise<void> {
    const deadline = this.clock.monotonicMs() + patienceMs;
    for (;;) {
      const until = MoreThan(this.clock.now());
      const lease = await this.leases.findOneBy({ database, projectId: IsNull(), until });
      if (!lease) return;
      if (this.clock.monotonicMs() >= deadline) throw tooLong(lease, this.clock.now());
      await sleep(pollMs);
    }
  }

  #fromNow(): Date {
    return new Date(this.clock.now().getTime() + leaseMs);
  }
}

function tooLong({ until }: MaintenanceEntity, now: Date): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return new DomainError(
    'maintenance',
    'A restore is exchanging this database, and takes longer than usual. Try again in some seconds.',
    { retryAfterSeconds },
  );
}
