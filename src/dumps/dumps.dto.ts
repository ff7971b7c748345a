import { ApiHideProperty, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQuery } from '../common/http/page.dto.js';
import { Omittable } from '../common/http/validation.js';

export class PublishDumpDto {
  /** Relative to the backup folder: `dumps/library-2026-03-01.sql.gz`. Or `backup_id`. */
  @Omittable()
  @IsString()
  @MaxLength(500)
  path?: string;

  /** A finished backup; the only way to publish a project's. Or `path`. */
  @Omittable()
  @IsUUID()
  backup_id?: string;

  /** Of a file: the registered database whose latest dump it is. `default` if left out. */
  @Omittable()
  @IsString()
  @MaxLength(64)
  database?: string;

  /** Whether everybody may download it. */
  @IsBoolean()
  public!: boolean;
}

export class ChangeDumpDto {
  @IsBoolean()
  public!: boolean;
}

export class DumpQuery {
  @ApiHideProperty()
  @IsOptional()
  @IsObject()
  fields?: Record<string, unknown>;

  @ApiHideProperty()
  @IsOptional()
  @IsString()
  include?: string;
}

export class DumpListQuery extends IntersectionType(PageQuery, DumpQuery) {}

export class DumpBackupDto {
  id!: string;
  filename!: string;
  database!: string;
  project_id!: string | null;
  created_at!: string;
  description!: string | null;
  /** stored, readable or restorable */
  verified_level!: string | null;
}

/** What a dump that was built for the public is made of. */
export class BuiltDumpDto {
  /** the file name of the backup that it was made of */
  backup!: string;
  /** rows by table */
  tables!: Record<string, number>;
  /** `customer.email` */
  masked!: string[];
  dropped!: string[];
  /** tables of the backup that are not in it */
  left_out!: string[];
  notes!: string[];
}

/** Times are ISO 8601 with offset. */
export class DumpDto {
  dump_id!: number;
  /** relative to the backup folder */
  path!: string;
  public!: boolean;
  /** where it can be downloaded while it is public */
  link!: string;
  created_at!: string;
  updated_at!: string;
  /** bytes */
  size!: number;
  size_formatted!: string;
  /** hexadecimal */
  sha256!: string;
  /** whose latest dump it can be */
  database!: string | null;
  project_id!: string | null;
  backup_id!: string | null;
  /** present, missing, unchecked (touched since; compared at the next download) or changed (nobody gets it) */
  state!: string;
  /** answers that brought the file to its last byte */
  downloads!: number;
  /** in all, also of downloads that broke off */
  bytes_sent!: number;
  last_downloaded_at!: string | null;
  created_by_name!: string | null;
  /** null unless it was built for the public */
  built!: BuiltDumpDto | null;
  /** with `include=backup`; null when it is no backup's */
  backup?: DumpBackupDto | null;
}

export class OneDumpDto {
  dump!: DumpDto;
}

export class DumpListDto {
  dumps!: DumpDto[];
  total!: number;
}

export class DumpMessageDto {
  message!: string;
}
