import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Omittable } from '../common/http/validation.js';

/** What is kept: a backup that any of these keeps. At least one is needed. */
export class RetentionDto {
  /** the newest N */
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_newest?: number;

  /** the newest of each hour, for the last N hours that have a backup; the next four likewise */
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_hourly?: number;

  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_daily?: number;

  /** weeks begin on Monday */
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_weekly?: number;

  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_monthly?: number;

  @Omittable()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  keep_yearly?: number;

  /** ISO 8601 duration (P30D, PT36H), counted back from the newest backup */
  @Omittable()
  @IsString()
  @MaxLength(64)
  keep_within?: string;

  /** ISO 8601 duration: what is younger than this now stays, also beyond max_total_bytes */
  @Omittable()
  @IsString()
  @MaxLength(64)
  min_age?: string;

  /** of what the other rules keep, the newest that together take no more bytes */
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  max_total_bytes?: number;
}

export class ApplyRetentionDto {
  /** `true` (nothing is removed) if left out */
  @Omittable()
  @IsBoolean()
  dry_run?: boolean;

  /** what would be, if the schedule had this policy; only for a dry run */
  @Omittable()
  @ValidateNested()
  @Type(() => RetentionDto)
  retention?: RetentionDto;
}

export class RetentionDecisionDto {
  backup_id!: string;
  filename!: string;
  created_at!: string;
  size!: number | null;
  /** manual or periodic */
  method!: string;
  /** keep or remove */
  action!: string;
  /** every reason */
  reasons!: string[];
}

export class RetentionReportDto {
  dry_run!: boolean;
  files_before!: number;
  /** how many were removed, or would be */
  files_deleted!: number;
  space_freed!: number;
  /** of all backups of the schedule's scope, newest first */
  decisions!: RetentionDecisionDto[];
}
