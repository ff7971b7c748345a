import { Injectable } from '@nestjs/common';
import { isoTime } from '../common/timestamps.js';
import { JobsService } from '../jobs/jobs.service.js';
import { jsonProjectId } from '../projects/projects.types.js';
import type { CleanupReport } from '../retention/retention.types.js';
import { rulesTo } from './retention-rules.js';
import { timetableOf } from './schedule-turns.js';
import type { Schedule } from './schedule.entity.js';
import type { RetentionReportDto } from './schedule-retention.dto.js';
import type { ScheduleDto, ScheduleOutcomeDto } from './schedules.dto.js';
import { nextRuns } from './timetable.js';

const shownRuns = 5;

/** Schedules as the HTTP contract shows them. */
@Injectable()
export class SchedulesPresenter {
  constructor(private readonly jobs: JobsService) {}

  async schedule(schedule: Schedule): Promise<ScheduleDto> {
    const { zone, projectId, retention } = schedule;
    const runs = schedule.enabled ? nextRuns(timetableOf(schedule), shownRuns) : [];
    return {
      id: schedule.id,
      database_id: schedule.databaseId,
      project_id: projectId === null ? null : jsonProjectId(projectId),
      cron: schedule.cron,
      zone,
      enabled: Boolean(schedule.enabled),
      jitter_seconds: schedule.jitterSeconds,
      catch_up: Boolean(schedule.catchUp),
      retention: retention && rulesTo(retention),
      description: schedule.description,
      next_runs: runs.map((run) => isoTime(run, zone)),
      last_outcome: await this.#outcome(schedule),
      created_by_name: schedule.createdByName,
      created_at: isoTime(schedule.createdAt, zone),
      updated_at: isoTime(schedule.updatedAt, zone),
    };
  }

  async #outcome({ zone, lastOutcome, lastJob }: Schedule): Promise<ScheduleOutcomeDto | null> {
    if (!lastOutcome) return null;
    const { kind, planned, at, code, detail } = lastOutcome;
    const job = kind === 'started' && lastJob !== null ? await this.jobs.find(lastJob) : null;
    return {
      status: job?.status ?? (kind === 'failed' ? 'error' : kind),
      planned_at: isoTime(new Date(planned), zone),
      at: isoTime(new Date(at), zone),
      job_id: job?.id ?? null,
      code: job?.error?.code ?? code,
      detail: job?.error?.detail ?? detail,
    };
  }

  retention(
    { before, removed, bytesFreed, decisions }: CleanupReport,
    zone: string,
    dryRun: boolean,
  ): RetentionReportDto {
    return {
      dry_run: dryRun,
      files_before: before,
      files_deleted: removed,
      space_freed: bytesFreed,
      decisions: decisions.map(({ backup, action, reasons }) => ({
        backup_id: backup.id,
        filename: backup.filename,
        created_at: isoTime(backup.createdAt, zone),
        size: backup.size,
        method: backup.method,
        action,
        reasons,
      })),
    };
  }
}
