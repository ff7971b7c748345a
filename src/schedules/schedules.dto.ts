import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import { RetentionDto } from './schedule-retention.dto.js';

class SettingsDto {
  /** IANA name; HOLDFAST_TIMEZONE if left out */
  @Omittable()
  @IsString()
  @MaxLength(64)
  zone?: string;

  /** `true` if left out */
  @Omittable()
  @IsBoolean()
  enabled?: boolean;

  /** each run begins up to so many seconds later, so that not all begin at once; 0 if left out */
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(86_400)
  jitter_seconds?: number;

  /** whether what was missed while no service ran is made up for, once; `true` if left out */
  @Omittable()
  @IsBoolean()
  catch_up?: boolean;

  /** null: the newest N of the database, as without a schedule */
  @IsOptional()
  @ValidateNested()
  @Type(() => RetentionDto)
  retention?: RetentionDto | null;

  /** A note for people; its backups have it, too. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;
}

const fiveFields = 'minute, hour, day of the month, month, day of the week: `30 2 * * *`';

export class MakeScheduleDto extends SettingsDto {
  /** minute, hour, day of the month, month, day of the week: `30 2 * * *` */
  @IsString()
  @Length(1, 200, { message: `cron must have five fields: ${fiveFields}` })
  cron!: string;

  /** the project that is backed up; left out or null: the whole database */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @Length(1, 190)
  project_id?: string | null;
}

export class ChangeScheduleDto extends SettingsDto {
  @Omittable()
  @IsString()
  @Length(1, 200, { message: `cron must have five fields: ${fiveFields}` })
  cron?: string;
}

export class ScheduleOutcomeDto {
  /** scheduled, pending, running, done, error or cancelled, as the job; skipped or missed without one */
  status!: string;
  /** the occurrence, without its jitter */
  planned_at!: string;
  at!: string;
  job_id!: string | null;
  /** of one that failed */
  code!: string | null;
  /** a sentence, where there is something to say */
  detail!: string | null;
}

/** Times are ISO 8601 with the offset of the schedule's zone. */
export class ScheduleDto {
  id!: string;
  database_id!: string;
  /** as in the database; null: the whole database */
  project_id!: number | string | null;
  cron!: string;
  zone!: string;
  enabled!: boolean;
  jitter_seconds!: number;
  catch_up!: boolean;
  retention!: RetentionDto | null;
  description!: string | null;
  /** the next five, each when it begins; none while it is off */
  next_runs!: string[];
  /** what became of the last occurrence */
  last_outcome!: ScheduleOutcomeDto | null;
  created_by_name!: string | null;
  created_at!: string;
  updated_at!: string;
}

export class OneScheduleDto {
  schedule!: ScheduleDto;
}

export class ScheduleListDto {
  schedules!: ScheduleDto[];
  total!: number;
}
