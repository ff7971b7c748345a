import { IsBoolean, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { BackupStatsDto } from '../catalog/backup-stats.dto.js';
import { CopyDto } from '../catalog/copy.dto.js';
import { UnlistedFileDto } from '../catalog/unlisted-file.dto.js';
import { RecoveringDto } from '../databases/recovering.dto.js';
import { DocumentsDto } from '../documents/documents.dto.js';
import { MaintenanceDto } from '../maintenance/maintenance.dto.js';
import { DamageDto } from '../verification/verification.dto.js';

export class CreateBackupDto {
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

export class RestoreNamedBackupDto {
  /**
   * For a live database that is broken and cannot be kept: it is dropped, and the backup put in its place. There is no
   * undo then.
   */
  @IsOptional()
  @IsBoolean()
  keep_nothing?: boolean;

  /** false leaves the documents as they are; otherwise those of the backup take their place, if it has any. */
  @IsOptional()
  @IsBoolean()
  include_documents?: boolean;
}

export class RestoreBackupDto extends RestoreNamedBackupDto {
  /** As the list of backups shows it. */
  @IsString()
  @MaxLength(255)
  @Matches(/\S/, { message: 'filename must name a backup' })
  filename!: string;
}

export class CleanupDto {
  /** Only tells what would be removed. */
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean;
}

/** A finished backup. */
export class BackupDto {
  id!: string;
  filename!: string;
  filepath!: string;
  /** bytes */
  filesize!: number;
  filesize_formatted!: string;
  /** bytes; the same as filesize */
  size!: number;
  /** in the configured time zone */
  created_at!: string;
  modified_at!: string;
  /** the time in the file name */
  timestamp!: string;
  description!: string | null;
  /** manual or periodic */
  method!: string;
  /** of the file as stored */
  sha256!: string | null;
  /**
   * present, elsewhere (not in the backup folder, but copied: it is fetched when somebody needs it), missing, damaged or
   * unavailable (the backup folder cannot be asked)
   */
  state!: string;
  /** in other places; empty where none is configured */
  copies!: CopyDto[];
  /** made here, found in the backup folder, or accepted after that */
  origin!: string;
  /** stored, readable or restorable: how far a restore was proven; null while nobody knows */
  verified_level!: string | null;
  /** when that was; in the configured time zone */
  verified_at!: string | null;
  /** what a verification found wrong; such a backup does not count */
  damage!: DamageDto | null;
  engine!: string;
  compression!: string;
  created_by_name!: string | null;
  /** null when it was made without */
  documents!: DocumentsDto | null;
  pinned!: boolean;
  warnings!: string[];
}

export class BackupCreatedDto {
  success!: boolean;
  message!: string;
  backup!: BackupDto;
  database!: string;
  filename!: string;
  size!: number;
  /** ISO 8601 */
  created_at!: string;
}

export class BackupListDto {
  backups!: BackupDto[];
  total!: number;
  backup_directory!: string;
}

export class RestoreSummaryDto {
  filename!: string;
  filepath!: string;
  restored_at!: string;
  /** Puts back what this restore replaced: POST .../undo/{undo_id}/restore, beside the backups of that database. Null when nothing was kept. */
  undo_id!: string | null;
  undo_expires_at!: string | null;
  /** As was asked for by keep_nothing. */
  kept_nothing!: boolean;
  /** for how long, in ms, the live database had to be left alone */
  maintenance_ms!: number;
  /** what was restored of documents; null when there were none in the backup, or they were left out */
  documents!: DocumentsDto | null;
  notes!: string[];
}

export class RestoredDto {
  success!: boolean;
  message!: string;
  database!: string;
  restored_from!: string;
  restore!: RestoreSummaryDto;
}

export class CleanupDecisionDto {
  filename!: string;
  /** keep or remove */
  action!: string;
  reason!: string;
}

export class CleanupStatsDto {
  files_before!: number;
  files_after!: number;
  files_deleted!: number;
  space_freed!: number;
  space_freed_formatted!: string;
  max_backups_kept!: number;
}

export class CleanupReportDto {
  success!: boolean;
  message!: string;
  dry_run!: boolean;
  cleanup_stats!: CleanupStatsDto;
  decisions!: CleanupDecisionDto[];
}

export class DeletedDto {
  success!: boolean;
  status!: string;
  message!: string;
}

export class UndoDto {
  id!: string;
  /** the backup whose restore made it */
  backup_filename!: string;
  created_by_name!: string | null;
  created_at!: string;
  expires_at!: string;
}

export class UndoListDto {
  undos!: UndoDto[];
  total!: number;
}

export class PutBackDto {
  success!: boolean;
  message!: string;
  /** what was live until now */
  undo!: UndoDto;
  /** for how long, in ms, the live database had to be left alone */
  maintenance_ms!: number;
}

export class SystemStatusDto {
  backup_directory!: string;
  backup_directory_exists!: boolean;
  backup_directory_writable!: boolean;
  free_space!: number | null;
  /** whether the program that makes dumps is there; an engine that needs none says true */
  mysqldump_available!: boolean;
  dump_tool!: string | null;
  engine!: string;
  database_reachable!: boolean;
  server_version!: string | null;
  max_backups_kept!: number;
  /** sentences; empty when a backup would work */
  problems!: string[];
  /** sentences: what a backup could lack although it works, such as triggers that the account may not see */
  warnings!: string[];
  /** files of the backup folder that are no backups */
  unlisted_files!: UnlistedFileDto[];
  /** an interrupted restore is being brought to its end or back, or could not be yet */
  recovering!: RecoveringDto | null;
  /** a restore is exchanging the live database at this moment */
  maintenance!: MaintenanceDto | null;
}

export class BackupStatusDto {
  system_status!: SystemStatusDto;
  backup_stats!: BackupStatsDto;
}
