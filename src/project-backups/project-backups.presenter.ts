import { Injectable } from '@nestjs/common';
import { BackupStatsDto } from '../catalog/backup-stats.dto.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import type { FileState, ListedBackup } from '../catalog/catalog.types.js';
import { CopyDto } from '../catalog/copy.dto.js';
import type { CopySummary } from '../catalog/elsewhere.types.js';
import { formatBytes } from '../common/sizes.js';
import { isoTime, wallTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import { RecoveringDto } from '../databases/recovering.dto.js';
import { DocumentsDto } from '../documents/documents.dto.js';
import { MaintenanceDto } from '../maintenance/maintenance.dto.js';
import { backupVersion } from '../project-scope/project-scope.types.js';
import type { CoveredScope } from '../projects/scope-coverage.service.js';
import { jsonProjectId } from '../projects/projects.types.js';
import { DamageDto, VerifiedDto } from '../verification/verification.dto.js';
import type { VerificationReport } from '../verification/verification.types.js';
import type { CopyPreviewReport, CopyReport } from './copies/project-copies.service.js';
import { newIds, ProjectCopiesPresenter } from './copies/project-copies.presenter.js';
import { MissingRowsDto } from './missing.dto.js';
import type {
  ProjectBackupCreatedDto,
  ProjectBackupDeletedDto,
  ProjectBackupDto,
  ProjectBackupListDto,
  ProjectBackupStatusDto,
  ProjectPreviewDto,
  ProjectRestoredDto,
  ProjectUndoListDto,
  ProjectScopeDto,
} from './project-backups.dto.js';
import { ProjectBackupsService } from './project-backups.service.js';
import type {
  ProjectBackupStatus,
  ProjectPreviewReport,
  ProjectRestoreReport,
} from './project-backups.types.js';

/** The answers of section 2 of the HTTP contract. */
@Injectable()
export class ProjectBackupsPresenter {
  readonly #zone: string;

  constructor(
    settings: Settings,
    private readonly service: ProjectBackupsService,
    private readonly copies: ProjectCopiesPresenter,
  ) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  backup(backup: BackupEntity, state: FileState = 'present', copies: CopySummary[] = []): ProjectBackupDto {
    const size = backup.size ?? 0;
    const projectId = jsonProjectId(backup.projectId ?? '');
    const createdAt = wallTime(backup.createdAt, this.#zone);
    return {
      id: backup.id,
      filename: backup.filename,
      filepath: this.service.filepath(backup),
      filesize: size,
      filesize_formatted: formatBytes(size),
      created_at: createdAt,
      modified_at: wallTime(backup.finishedAt ?? backup.createdAt, this.#zone),
      project_id: projectId,
      project_name: backup.projectName ?? '',
      description: backup.description,
      sha256: backup.sha256,
      state,
      copies: copies.map((copy) => CopyDto.of(copy, this.#zone)),
      pinned: Boolean(backup.pinned),
      origin: backup.origin,
      arrival: backup.arrival,
      verified_level: backup.verifiedLevel,
      verified_at: backup.verifiedAt && wallTime(backup.verifiedAt, this.#zone),
      damage: DamageDto.of(backup.damage, this.#zone),
      data_summary: backup.contents?.tables ?? {},
      keep_until: backup.keepUntil && isoTime(backup.keepUntil, this.#zone),
      metadata: {
        project_id: projectId,
        project_name: backup.projectName ?? '',
        created_at: createdAt,
        created_by: backup.createdBy,
        created_by_name: backup.createdByName,
        backup_version: backupVersion,
      },
      documents: DocumentsDto.of(backup.contents?.documents),
      warnings: backup.contents?.warnings ?? [],
    };
  }

  verified(report: VerificationReport): VerifiedDto {
    return VerifiedDto.of(report, this.#zone);
  }

  created({ backup, state, copies }: ListedBackup): ProjectBackupCreatedDto {
    return {
      success: true,
      message: 'Project backup created successfully',
      backup: this.backup(backup, state, copies),
    };
  }

  list(name: string, projectId: string, [backups, total]: [ListedBackup[], number]): ProjectBackupListDto {
    return {
      backups: backups.map(({ backup, state, copies }) => this.backup(backup, state, copies)),
      total,
      project_id: jsonProjectId(projectId),
      backup_directory: this.service.folder(name, projectId),
    };
  }

  undos(undos: BackupEntity[]): ProjectUndoListDto {
    return { undos: undos.map((backup) => this.backup(backup)), total: undos.length };
  }

  status(
    projectId: string,
    {
      directory,
      storage,
      maxBackups,
      stats,
      unlisted,
      scope,
      problems,
      recovering,
      maintenance,
    }: ProjectBackupStatus,
  ): ProjectBackupStatusDto {
    return {
      system_status: {
        backup_directory: directory,
        backup_directory_exists: storage.exists,
        backup_directory_writable: storage.writable,
        max_backups_kept: maxBackups,
        project_id: jsonProjectId(projectId),
        scope: scope && scopeOf(scope, this.#zone),
        problems,
        unlisted_files: unlisted.map(({ path, reason }) => ({ path, reason })),
        recovering: recovering && RecoveringDto.of(recovering),
        maintenance: maintenance && MaintenanceDto.of(maintenance),
      },
      backup_stats: BackupStatsDto.of(stats, this.#zone),
    };
  }

  preview({ preview, backup, plan }: ProjectPreviewReport): ProjectPreviewDto {
    return {
      plan_id: plan.id,
      expires_at: isoTime(plan.expiresAt, this.#zone),
      filename: backup.filename,
      mode: plan.mode,
      tables: preview.tables.map(({ table, changes, samples }) => ({
        table: table.name,
        ...changes,
        samples,
      })),
      when_empty: preview.whenEmpty,
      missing: preview.missing.map((rows) => MissingRowsDto.of(rows)),
      conflicts: preview.conflicts,
      warnings: [...(backup.contents?.warnings ?? []), ...preview.notes],
      new_ids: null,
    };
  }

  previewCopy({ preview, ...report }: CopyPreviewReport): ProjectPreviewDto {
    return { ...this.preview({ preview, ...report }), new_ids: preview.functions.map(newIds) };
  }

  copied({ backup, copy, tables, whenEmpty, documents }: CopyReport): ProjectRestoredDto {
    const changes = tables.map(({ name, rows }) => ({
      table: name,
      rows,
      added: rows,
      changed: 0,
      removed: 0,
      unchanged: 0,
      left: 0,
    }));
    return {
      success: true,
      message: `Project copied: the new one is ${copy.newProjectId}`,
      restore_summary: {
        ...this.#origin(backup),
        mode: 'copy',
        restored_data: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
        changes,
        when_empty: whenEmpty,
        undo_filename: null,
        documents: DocumentsDto.of(documents),
        maintenance_ms: 0,
        copy: this.copies.copy(copy),
      },
    };
  }

  restored({ backup, choices, undo, ...outcome }: ProjectRestoreReport): ProjectRestoredDto {
    const { tables, whenEmpty, documents, maintenanceMs } = outcome;
    return {
      success: true,
      message: 'Project backup restored successfully',
      restore_summary: {
        ...this.#origin(backup),
        restored_data: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
        mode: choices.mode,
        changes: tables.map(({ name, ...changes }) => ({ table: name, ...changes })),
        when_empty: whenEmpty,
        undo_filename: undo?.filename ?? null,
        documents: DocumentsDto.of(documents),
        maintenance_ms: maintenanceMs,
        copy: null,
      },
    };
  }

  #origin(backup: BackupEntity) {
    return {
      backup_filename: backup.filename,
      backup_created_at: wallTime(backup.createdAt, this.#zone),
      backup_created_by: backup.createdByName,
    };
  }

  deleted({ filename }: BackupEntity): ProjectBackupDeletedDto {
    return { success: true, message: `The backup ${filename} was deleted.` };
  }
}

function scopeOf({ plan, complete, accepted, news }: CoveredScope, zone: string): ProjectScopeDto {
  const { owned, shared, whenEmpty, unclassified } = plan;
  const said = ({ name, reason }: { name: string; reason: string }) => ({ table: name, reason });
  return {
    complete,
    accepted_at: accepted && isoTime(accepted.at, zone),
    new_since_acceptance: news,
    owned: owned.map(({ name, path }) => ({ table: name, reason: path })),
    shared: shared.map(said),
    when_empty: whenEmpty.map(said),
    unclassified: unclassified.map(said),
  };
}
