import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { DocumentsDto } from '../documents/documents.dto.js';
import { DamageDto } from '../verification/verification.dto.js';

export class ScheduleBackupDto {
  /** A note for people. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;

  /** Takes the files of the configured document folders along; without such folders it changes nothing. */
  @IsOptional()
  @IsBoolean()
  include_documents?: boolean;
}

export class BackupErrorDto {
  code!: string;
  /** a sentence */
  detail!: string;
}

/** A backup from the moment in which it was asked for. Times are ISO 8601 with offset. */
export class DatabaseBackupDto {
  id!: string;
  created_at!: string;
  /** null until its turn has come */
  started_at!: string | null;
  finished_at!: string | null;
  /** the name of its file */
  name!: string;
  /** bytes; null while it is scheduled, 0 while it runs and when it failed */
  size!: number | null;
  /** scheduled, pending, running, done, error or cancelled */
  status!: string;
  database_id!: string;
  /** of the database: mysql, postgres or sqlite */
  type!: string;
  /** manual or periodic */
  method!: string;
  description!: string | null;
  /** stored, readable or restorable: how far a restore was proven; null while nobody knows */
  verified_level!: string | null;
  /** what a verification found wrong; such a backup does not count */
  damage!: DamageDto | null;
  /** null when it was made without */
  documents!: DocumentsDto | null;
  /** of one that failed */
  error?: BackupErrorDto;
}

export class OneDatabaseBackupDto {
  database_backup!: DatabaseBackupDto;
}

export class ScheduledBackupDto extends OneDatabaseBackupDto {
  /** the work that makes it: GET /api/jobs/{job_id} */
  job_id!: string;
}

/** A restore that was asked for. */
export class DatabaseRestoreDto {
  /** the id of its job */
  id!: string;
  created_at!: string;
  status!: string;
  database_id!: string;
  database_backup_id!: string;
  /** the name of the backup's file */
  name!: string;
  keep_nothing!: boolean;
}

export class ScheduledRestoreDto {
  restore!: DatabaseRestoreDto;
  /** the work: GET /api/jobs/{job_id}; its result names the undo */
  job_id!: string;
}

export class DatabaseBackupsDto {
  database_backups!: DatabaseBackupDto[];
  total!: number;
}
