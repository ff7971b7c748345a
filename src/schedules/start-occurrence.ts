import { Injectable, Logger } from '@nestjs/common';
import { type Actor, system } from '../audit/audit.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { DatabaseBackupsService } from '../full-backups/database-backups.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { type Operation, Operations } from '../jobs/operations.service.js';
import { UnstartedBackups } from '../notifications/unstarted-backups.service.js';
import { ProjectBackupsService } from '../project-backups/project-backups.service.js';
import { ScheduleTurns, started } from './schedule-turns.js';
import type { Schedule } from './schedule.entity.js';
import type { Outcome } from './schedules.types.js';

interface ProjectOccurrence {
  database: string;
  projectId: string;
  description: string | null;
  /** That the job has to have. */
  id: string;
}

interface OccurrenceResult {
  filename: string;
}

const resultOf = ({ filename }: BackupEntity): OccurrenceResult => ({ filename });

/** Begins the backup of one occurrence that was taken, and writes down what became of that. */
@Injectable()
export class StartOccurrence {
  readonly #log = new Logger('schedules');
  readonly #backUpProject: Operation<ProjectOccurrence, OccurrenceResult, Actor>;

  constructor(
    private readonly turns: ScheduleTurns,
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly fullBackups: DatabaseBackupsService,
    private readonly unstarted: UnstartedBackups,
    private readonly clock: Clock,
    projectBackups: ProjectBackupsService,
    operations: Operations,
  ) {
    this.#backUpProject = operations.define(
      'periodic-project-backup',
      ({ database, projectId, description, id }, by: Actor) =>
        projectBackups.create(database, projectId, description, by, resultOf, {
          method: 'periodic',
          id,
          persistent: true,
        }),
    );
  }

  /** Resolves when the job is accepted, or never will be. Throws what the catalogue throws, nothing else. */
  async run(schedule: Schedule, planned: Date, job: string): Promise<void> {
    const outcome = await this.#outcomeOf(schedule, job).catch((error: unknown) =>
      this.#refused(schedule, planned, job, error),
    );
    if (outcome === null) return;
    await this.turns.settle(schedule, job, { ...started(planned, this.clock.now()), ...outcome });
  }

  /** Null: the schedule is no more. */
  async #outcomeOf(schedule: Schedule, job: string): Promise<Partial<Outcome> | null> {
    if (schedule.lastJob !== null && (await this.jobs.isUnderWay(schedule.lastJob))) {
      return { kind: 'skipped', detail: 'The backup before this one had not ended.' };
    }
    if (!(await this.#isRegistered(schedule))) {
      await this.turns.forget(schedule);
      this.#log.log({ msg: 'a schedule went with its database', schedule: schedule.id });
      return null;
    }
    await this.#start(schedule, job);
    return { kind: 'started' };
  }

  /** Null: it will be tried again. */
  async #refused(
    schedule: Schedule,
    planned: Date,
    job: string,
    error: unknown,
  ): Promise<Partial<Outcome> | null> {
    const [code, detail] = isDomainError(error)
      ? [error.code, error.detail]
      : (['internal', 'An error that nobody foresaw; see the log.'] as const);
    if (code === 'shutting-down') {
      await this.turns.giveBack(schedule, planned, job);
      return null;
    }
    const { id, database } = schedule;
    this.#log.warn({ msg: 'a scheduled backup could not be started', schedule: id, database, err: error });
    const occurrence = `${id}:${planned.getTime()}`;
    await this.unstarted.failed(database, schedule.projectId, { code, detail }, occurrence);
    return { kind: 'failed', code, detail };
  }

  /** Another process may have registered it a moment ago. */
  async #isRegistered({ database, databaseId }: Schedule): Promise<boolean> {
    await this.databases.refresh();
    return this.databases.idOf(database) === databaseId;
  }

  async #start({ database, projectId, description }: Schedule, id: string): Promise<void> {
    if (projectId === null) {
      const order = { method: 'periodic', withDocuments: true, id } as const;
      await this.fullBackups.schedule(database, description, system, order);
    } else await this.#backUpProject({ database, projectId, description, id }, system);
  }
}
