import { Injectable, Logger } from '@nestjs/common';
import { system } from '../audit/audit.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { DatabaseBackupsService } from '../full-backups/database-backups.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { ProjectBackupsService } from '../project-backups/project-backups.service.js';
import { ScheduleTurns } from './schedule-turns.js';
import type { Schedule } from './schedule.entity.js';
import type { Outcome } from './schedules.types.js';

/** Begins the backup of one occurrence that was taken, and writes down what became of that. */
@Injectable()
export class StartOccurrence {
  readonly #log = new Logger('schedules');

  constructor(
    private readonly turns: ScheduleTurns,
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly fullBackups: DatabaseBackupsService,
    private readonly projectBackups: ProjectBackupsService,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the job is accepted, or never will be. Throws what the catalogue throws, nothing else. */
  async run(schedule: Schedule, planned: Date): Promise<void> {
    const settle = (outcome: Pick<Outcome, 'kind'> & Partial<Outcome>, job?: string) => {
      const at = this.clock.now().toISOString();
      const facts = { planned: planned.toISOString(), at, code: null, detail: null, ...outcome };
      return this.turns.settle(schedule.id, facts, job);
    };
    if (schedule.lastJob !== null && (await this.jobs.isUnderWay(schedule.lastJob))) {
      await settle({ kind: 'skipped', detail: 'The backup before this one had not ended.' });
      return;
    }
    try {
      if (!(await this.#isRegistered(schedule))) {
        await this.turns.forget(schedule);
        this.#log.log({ msg: 'a schedule went with its database', schedule: schedule.id });
        return;
      }
      await settle({ kind: 'started' }, await this.#start(schedule));
    } catch (error) {
      if (!isDomainError(error)) this.#log.error(error);
      const [code, detail] = isDomainError(error)
        ? [error.code, error.detail]
        : (['internal', 'An error that nobody foresaw; see the log.'] as const);
      if (code === 'shutting-down') return this.turns.giveBack(schedule, planned);
      const { id, database } = schedule;
      this.#log.warn({
        msg: 'a scheduled backup could not be started',
        schedule: id,
        database,
        code,
        detail,
      });
      await settle({ kind: 'failed', code, detail });
    }
  }

  /** Another process may have registered it a moment ago. */
  async #isRegistered({ database, databaseId }: Schedule): Promise<boolean> {
    await this.databases.refresh();
    try {
      return this.databases.get(database).id === databaseId;
    } catch (error) {
      if (isDomainError(error) && error.code === 'not-found') return false;
      throw error;
    }
  }

  /** Returns the id of the job. */
  async #start({ database, projectId, description }: Schedule): Promise<string> {
    const answer = ({ id, filename }: BackupEntity) => ({ database_backup: { id, name: filename } });
    if (projectId === null) {
      const { jobId } = await this.fullBackups.schedule(database, description, system, 'periodic');
      return jobId;
    }
    const job = await this.projectBackups.create(
      database,
      projectId,
      description,
      system,
      answer,
      'periodic',
    );
    return job.id;
  }
}
