import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { JobFault } from '../jobs/jobs.types.js';
import { Outbox } from './outbox.service.js';
import { ScopeStates } from './scope-states.service.js';
import { afterBackup } from './transitions.js';

const mostTries = 5;

/** Backups that were to be made and for which there never was a job: for those who know why. */
@Injectable()
export class UnstartedBackups {
  readonly #log = new Logger('notifications');

  constructor(
    private readonly databases: DatabasesService,
    private readonly states: ScopeStates,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Counts it as a failure, and tells of it. `key` is of this one failure. Never throws. */
  async failed(name: string, projectId: string | null, error: JobFault, key: string): Promise<void> {
    try {
      const database = this.databases.identify(name);
      await this.#failed({ database, projectId }, error, key);
    } catch (fault) {
      this.#log.error({ msg: 'nobody was told of a backup that could not be started', err: fault });
    }
  }

  async #failed(scope: Parameters<ScopeStates['of']>[0], error: JobFault, key: string): Promise<void> {
    const occurredAt = this.clock.now();
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const state = await this.states.of(scope);
      const { changes, events } = afterBackup(state, { ok: false, error }, occurredAt);
      for (const event of events)
        await this.outbox.add(`${key}:${event.type}`, { ...scope, ...event, occurredAt });
      if (await this.states.change(state, changes)) return;
    }
  }
}
