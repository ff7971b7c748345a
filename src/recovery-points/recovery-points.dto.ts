import { IsInt, Max, Min, ValidateIf } from 'class-validator';
import { isoTime } from '../common/timestamps.js';
import { jsonProjectId } from '../projects/projects.types.js';
import type { RecoverySource } from './recovery-points.types.js';
import type { ScopedPoint } from './recovery-points.service.js';

const tenYears = 10 * 366 * 86_400;

export class SetRecoveryPointDto {
  /** How old the newest good backup may become, in seconds; at least a minute. Null: nobody watches it. */
  @ValidateIf((_object, value) => value !== null)
  @IsInt()
  @Min(60)
  @Max(tenYears)
  target_seconds!: number | null;
}

export class RecoverySourceDto {
  backup_id!: string;
  filename!: string;
  /** When its work began: what was written later is not in it. ISO 8601. */
  at!: string;
  /** seconds since then */
  age_seconds!: number;
}

export class RecoveryPointDto {
  database!: string;
  /** null for the whole database */
  project_id!: number | string | null;
  /** null: nobody watches it */
  target_seconds!: number | null;
  /** Whether the last good backup is younger than the target; null without one. */
  met!: boolean | null;
  /** seconds until the target is missed, negative when it was; null without one */
  due_in_seconds!: number | null;
  /** The newest backup that is verified as readable, not damaged, and there. */
  last_good!: RecoverySourceDto | null;
  /** The newest that was restored in a rehearsal. */
  last_restorable!: RecoverySourceDto | null;

  static of({ database, projectId, point }: ScopedPoint, zone: string): RecoveryPointDto {
    return {
      database: database.name,
      project_id: projectId === null ? null : jsonProjectId(projectId),
      target_seconds: point.targetSeconds,
      met: point.met,
      due_in_seconds: point.dueInSeconds,
      last_good: sourceDto(point.good, zone),
      last_restorable: sourceDto(point.restorable, zone),
    };
  }
}

export class RecoveryPointListDto {
  /** the database's own first, then those of the projects that have a target */
  recovery_points!: RecoveryPointDto[];
  total!: number;
}

function sourceDto(source: RecoverySource | null, zone: string): RecoverySourceDto | null {
  if (!source) return null;
  const { backupId, filename, at, ageSeconds } = source;
  return { backup_id: backupId, filename, at: isoTime(at, zone), age_seconds: ageSeconds };
}
