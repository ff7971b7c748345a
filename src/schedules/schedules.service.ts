import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, AuditDetails } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { isWellFormedId } from '../projects/projects.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { Cron } from './cron.js';
import { checked } from './schedule-settings.js';
import { Schedule } from './schedule.entity.js';
import type { ScheduleSettings } from './schedules.types.js';
import { dueAt } from './timetable.js';

export interface SchedulePage {
  offset: number;
  limit: number;
  oldestFirst: boolean;
}

/** Which schedules there are: what people make and change of them. */
@Injectable()
export class SchedulesService {
  constructor(
    @InjectRepository(Schedule) private readonly rows: Repository<Schedule>,
    private readonly databases: DatabasesService,
    private readonly projects: ProjectDirectory,
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `not-found` without such a database; `bad-input`, also without such a project. */
  make(
    database: string,
    projectId: string | null,
    { cron, ...given }: Partial<ScheduleSettings> & { cron: string },
    by: Actor,
  ): Promise<Schedule> {
    const { id: databaseId } = this.databases.identify(database);
    const id = newId();
    const act = { by, action: 'make-schedule', database, projectId, subject: id } as const;
    return this.audit.watch({ ...act, details: { cron } }, async () => {
      const now = this.clock.now();
      const settings = checked({ ...this.#defaults(), ...given, cron }, now);
      if (projectId !== null) await this.#mustExist(database, projectId);
      await this.rows.insert({
        id,
        databaseId,
        database,
        projectId,
        ...columnsOf(settings),
        ...waiting(id, settings, now),
        version: 1,
        createdByName: by.name,
        createdAt: now,
        updatedAt: now,
      });
      return this.get(database, id);
    });
  }

  #defaults(): Omit<ScheduleSettings, 'cron'> {
    return {
      zone: this.settings.env.HOLDFAST_TIMEZONE,
      enabled: true,
      jitterSeconds: 0,
      catchUp: true,
      retention: null,
      description: null,
    };
  }

  async #mustExist(database: string, projectId: string): Promise<void> {
    if (isWellFormedId(projectId) && (await this.projects.exists(database, projectId))) return;
    throw badInput([
      { field: 'project_id', message: 'project_id must be the id of a project of this database' },
    ]);
  }

  /** Throws DomainError `not-found`. */
  list(database: string, { offset, limit, oldestFirst }: SchedulePage): Promise<[Schedule[], number]> {
    return this.rows.findAndCount({
      where: { databaseId: this.databases.identify(database).id },
      order: { seq: oldestFirst ? 'ASC' : 'DESC' },
      skip: offset,
      take: limit,
    });
  }

  /** Throws DomainError `not-found`, also for a schedule of another database. */
  async get(database: string, id: string): Promise<Schedule> {
    const found = await this.rows.findOneBy({ id, databaseId: this.databases.identify(database).id });
    if (found?.id === id) return found;
    throw new DomainError(
      'not-found',
      'There is no such schedule of this database. The list of its schedules has the ids.',
    );
  }

  /** Changes what is given. Throws DomainError `bad-input`, `conflict` when somebody else changed it at once. */
  async change(database: string, id: string, given: Partial<ScheduleSettings>, by: Actor): Promise<Schedule> {
    const { projectId } = await this.get(database, id);
    const act = { by, action: 'change-schedule', database, projectId, subject: id } as const;
    return this.audit.watch({ ...act, details: { fields: Object.keys(given) } }, async () => {
      const row = await this.get(database, id);
      const now = this.clock.now();
      const settings = checked({ ...settingsOf(row), ...given }, now);
      const { affected } = await this.rows.update({ id, version: row.version }, {
        ...columnsOf(settings),
        ...(comesAtOtherTimes(settingsOf(row), settings) && waiting(id, settings, now)),
        version: row.version + 1,
        updatedAt: now,
      } as object);
      if (affected === 1) return this.get(database, id);
      throw new DomainError(
        'conflict',
        'Somebody else changed this schedule at the same time. Look at it, then try again.',
      );
    });
  }

  /** Its backups stay, until a retention runs that no longer knows its policy. */
  async remove(database: string, id: string, by: Actor): Promise<void> {
    const { projectId, cron } = await this.get(database, id);
    const act = { by, action: 'remove-schedule', database, projectId, subject: id } as const;
    const details: AuditDetails = { cron };
    await this.audit.guard({ ...act, details }, () => this.rows.delete({ id }));
  }
}

function settingsOf(row: Schedule): ScheduleSettings {
  const { cron, zone, jitterSeconds, retention, description } = row;
  const enabled = Boolean(row.enabled);
  return { cron, zone, enabled, jitterSeconds, catchUp: Boolean(row.catchUp), retention, description };
}

function columnsOf({ enabled, catchUp, ...others }: ScheduleSettings) {
  return { ...others, enabled: Number(enabled), catchUp: Number(catchUp) };
}

/** A schedule begins with what comes next: what lies behind was not missed. */
function waiting(id: string, { cron, zone, jitterSeconds }: ScheduleSettings, now: Date) {
  const nextRun = Cron.known(cron).next(now, zone);
  return { nextRun, nextDue: dueAt({ id, jitterSeconds }, nextRun) };
}

function comesAtOtherTimes(before: ScheduleSettings, after: ScheduleSettings): boolean {
  return (['cron', 'zone', 'jitterSeconds', 'enabled'] as const).some(
    (field) => before[field] !== after[field],
  );
}
