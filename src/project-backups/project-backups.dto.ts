import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { BackupStatsDto } from '../catalog/backup-stats.dto.js';
import { CopyDto } from '../catalog/copy.dto.js';
import { UnlistedFileDto } from '../catalog/unlisted-file.dto.js';
import { Omittable } from '../common/http/validation.js';
import { RecoveringDto } from '../databases/recovering.dto.js';
import { DocumentsDto } from '../documents/documents.dto.js';
import { MaintenanceDto } from '../maintenance/maintenance.dto.js';
import { type Remedies, restoreModes, type RestoreMode } from '../project-scope/project-scope.types.js';
import { ScopeNewsDto } from '../projects/scope.dto.js';
import { DamageDto } from '../verification/verification.dto.js';
import { CopyPartDto } from './copies/copy-part.dto.js';
import { NewIdsDto, ProjectCopyDto } from './copies/project-copies.dto.js';
import { IsRemedies, MissingRowsDto, remediesSchema } from './missing.dto.js';

export class CreateProjectBackupDto {
  /** A note for people. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;
}

export class UploadProjectDto extends CreateProjectBackupDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'the JSON file of a project backup' })
  file!: unknown;
}

export class ExtractProjectDto {
  /** A full backup, as the list of full backups shows it. */
  @IsString()
  @MaxLength(255)
  @Matches(/\S/, { message: 'full_filename must name a full backup' })
  full_filename!: string;
}

export class PreviewProjectDto extends CopyPartDto {
  /** As the list of backups shows it. */
  @IsString()
  @MaxLength(255)
  @Matches(/\S/, { message: 'filename must name a backup' })
  filename!: string;

  /**
   * `exact`, which is the default: the project becomes what it was, row for row. `undelete`: rows that are gone come back,
   * nothing else is touched. `overwrite`: what the backup holds is as it was, and rows that came since stay. `copy`: a new
   * project with the backup's rows and new ids, beside the original; for users with the role admin.
   */
  @IsOptional()
  @IsIn([...restoreModes, 'copy'])
  mode?: RestoreMode | 'copy';

  /**
   * What becomes of rows that refer to shared rows (users) which are gone, by reference, as `missing` of a preview names it:
   * `{"tasks.assignee_id": "null", "tasks.author_id": {"use": 7}}`. `refuse` is the default.
   */
  @ApiPropertyOptional(remediesSchema)
  @Omittable()
  @IsRemedies()
  missing?: Remedies;
}

export class RestoreProjectDto extends PreviewProjectDto {
  /** From a preview: the restore is refused (409) when the project has changed since. */
  @IsOptional()
  @IsUUID()
  plan_id?: string;

  /** false leaves the documents of the project as they are; so does the restore of a part. */
  @IsOptional()
  @IsBoolean()
  include_documents?: boolean;
}

export class TablePreviewDto {
  table!: string;
  /** of the backup */
  rows!: number;
  added!: number;
  changed!: number;
  removed!: number;
  unchanged!: number;
  /** rows that differ from the backup and stay as they are, as the mode says */
  left!: number;
  /** some rows of each kind, by column; long texts are cut */
  samples!: {
    added: Record<string, unknown>[];
    removed: Record<string, unknown>[];
    changed: { from: Record<string, unknown>; to: Record<string, unknown> }[];
  };
}

/** A table whose rows are everybody's, and follow only where it has none. */
export class FollowedTableDto {
  table!: string;
  /** all rows that the backup has of it; 0 where the table has rows, and for users without the role admin: then it is left alone */
  added!: number;
}

export class FollowedTablePreviewDto extends FollowedTableDto {
  samples!: Record<string, unknown>[];
}

export class ProjectPreviewDto {
  plan_id!: string;
  /** ISO 8601 */
  expires_at!: string;
  filename!: string;
  mode!: string;
  tables!: TablePreviewDto[];
  /** tables that the scope file declares under `when_empty` */
  when_empty!: FollowedTablePreviewDto[];
  /** shared rows (users) to which the backup refers and that are gone */
  missing!: MissingRowsDto[];
  /** why a restore would be refused as things are; empty when it would be done */
  conflicts!: string[];
  warnings!: string[];
  /** of a copy: which ids the new rows would get as things are; null in the other modes */
  new_ids!: NewIdsDto[] | null;
}

export class ProjectBackupMetadataDto {
  /** a number when the project's key is one */
  project_id!: number | string;
  project_name!: string;
  created_at!: string;
  created_by!: number | null;
  created_by_name!: string | null;
  backup_version!: string;
}

export class ProjectBackupDto {
  id!: string;
  filename!: string;
  filepath!: string;
  /** bytes */
  filesize!: number;
  filesize_formatted!: string;
  created_at!: string;
  modified_at!: string;
  project_id!: number | string;
  project_name!: string;
  description!: string | null;
  sha256!: string | null;
  /**
   * present, elsewhere (not in the backup folder, but copied: it is fetched when somebody needs it), missing, damaged or
   * unavailable (the backup folder cannot be asked)
   */
  state!: string;
  /** in other places; empty where none is configured */
  copies!: CopyDto[];
  /** kept until the pin is taken off */
  pinned!: boolean;
  /** made here, found in the backup folder, or accepted after that */
  origin!: string;
  /** upload or extraction, when it was not made of the live database; null otherwise */
  arrival!: string | null;
  /** stored, readable or restorable: how far a restore was proven; null while nobody knows */
  verified_level!: string | null;
  /** when that was; in the configured time zone */
  verified_at!: string | null;
  /** what a verification found wrong; such a backup does not count */
  damage!: DamageDto | null;
  /** null when it was made without */
  documents!: DocumentsDto | null;
  /** rows by table */
  data_summary!: Record<string, number>;
  /** of the undo of a restore: ISO 8601; it does not count among the newest that are kept, and goes then */
  keep_until!: string | null;
  metadata!: ProjectBackupMetadataDto;
  warnings!: string[];
}

export class ProjectBackupCreatedDto {
  success!: boolean;
  message!: string;
  backup!: ProjectBackupDto;
}

export class ProjectBackupListDto {
  backups!: ProjectBackupDto[];
  total!: number;
  project_id!: number | string;
  backup_directory!: string;
}

export class ProjectUndoListDto {
  undos!: ProjectBackupDto[];
  total!: number;
}

export class TableChangesDto {
  table!: string;
  /** of the backup */
  rows!: number;
  added!: number;
  changed!: number;
  removed!: number;
  unchanged!: number;
  /** rows that differ from the backup and stay as they are, as the mode says */
  left!: number;
}

export class ProjectRestoreSummaryDto {
  backup_filename!: string;
  backup_created_at!: string;
  backup_created_by!: string | null;
  mode!: string;
  /** rows of the backup by table */
  restored_data!: Record<string, number>;
  changes!: TableChangesDto[];
  /** tables that the scope file declares under `when_empty`, and what came of them */
  when_empty!: FollowedTableDto[];
  /** a backup of the project as it was before; restore it to go back */
  undo_filename!: string | null;
  /** what was restored of documents; null when there were none in the backup, or they were left out */
  documents!: DocumentsDto | null;
  /** for how long, in ms, the project's rows had to be left alone */
  maintenance_ms!: number;
  /** the project that a copy has made; null in the other modes */
  copy!: ProjectCopyDto | null;
}

export class ProjectRestoredDto {
  success!: boolean;
  message!: string;
  restore_summary!: ProjectRestoreSummaryDto;
}

export class ProjectBackupDeletedDto {
  success!: boolean;
  message!: string;
}

export class ScopeTableDto {
  table!: string;
  /** by which keys it hangs on the project, or why it is left out */
  reason!: string;
}

export class ProjectScopeDto {
  /** false when backups may lack something: a table is unclassified, or something is new since the scope was accepted */
  complete!: boolean;
  /** when somebody accepted the scope; null when nobody ever did */
  accepted_at!: string | null;
  new_since_acceptance!: ScopeNewsDto[];
  owned!: ScopeTableDto[];
  shared!: ScopeTableDto[];
  when_empty!: ScopeTableDto[];
  unclassified!: ScopeTableDto[];
}

export class ProjectSystemStatusDto {
  backup_directory!: string;
  backup_directory_exists!: boolean;
  backup_directory_writable!: boolean;
  max_backups_kept!: number;
  project_id!: number | string;
  /** null when the database is away */
  scope!: ProjectScopeDto | null;
  problems!: string[];
  /** files of the project's folder that are no backups */
  unlisted_files!: UnlistedFileDto[];
  /** an interrupted restore of the database is being brought to its end or back, or could not be yet */
  recovering!: RecoveringDto | null;
  /** a restore of the database or of this project is writing at this moment */
  maintenance!: MaintenanceDto | null;
}

export class ProjectBackupStatusDto {
  system_status!: ProjectSystemStatusDto;
  backup_stats!: BackupStatsDto;
}
