import { Injectable } from '@nestjs/common';
import { BackupStatsDto } from '../catalog/backup-stats.dto.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import type { FileState, ListedBackup } from '../catalog/catalog.types.js';
import { CopyDto } from '../catalog/copy.dto.js';
import type { CopySummary } from '../catalog/elsewhere.types.js';
import { formatBytes } from '../common/sizes.js';
import { fileTime, isoTime, wallTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import { RecoveringDto } from '../databases/recovering.dto.js';
import { DocumentsDto } from '../documents/documents.dto.js';
import { MaintenanceDto } from '../maintenance/maintenance.dto.js';
import type { CleanupReport } from '../retention/retention.types.js';
import { DamageDto, VerifiedDto } from '../verification/verification.dto.js';
import type { VerificationReport } from '../verification/verification.types.js';
import type {
  BackupCreatedDto,
  BackupDto,
  BackupListDto,
  BackupStatusDto,
  CleanupReportDto,
  DeletedDto,
  PutBackDto,
  RestoredDto,
  UndoDto,
  UndoListDto,
} from './full-backups.dto.js';
import { FullBackupsService } from './full-backups.service.js';
import type { FullBackupStatus, PutBackReport, RestoreReport } from './full-backups.types.js';
import { UndoEntity } from './undo.entity.js';

/** The answers of section 1 of the HTTP contract. */
@Injectable()
export class FullBackupsPresenter {
  readonly #zone: string;

  constructor(
    settings: Settings,
    private readonly service: FullBackupsService,
  ) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  backup(backup: BackupEntity, state: FileState = 'present', copies: CopySummary[] = []): BackupDto {
    const size = backup.size ?? 0;
    return {
      id: backup.id,
      filename: backup.filename,
      filepath: this.service.filepath(backup),
      filesize: size,
      filesize_formatted: formatBytes(size),
      size,
      created_at: wallTime(backup.createdAt, this.#zone),
      modified_at: wallTime(backup.finishedAt ?? backup.createdAt, this.#zone),
      timestamp: fileTime(backup.createdAt, this.#zone),
      description: backup.description,
      method: backup.method,
      sha256: backup.sha256,
      state,
      copies: copies.map((copy) => CopyDto.of(copy, this.#zone)),
      origin: backup.origin,
      verified_level: backup.verifiedLevel,
      verified_at: backup.verifiedAt && wallTime(backup.verifiedAt, this.#zone),
      damage: DamageDto.of(backup.damage, this.#zone),
      engine: backup.engine,
      compression: backup.compression,
      created_by_name: backup.createdByName,
      pinned: Boolean(backup.pinned),
      documents: DocumentsDto.of(backup.contents?.documents),
      warnings: backup.contents?.warnings ?? [],
    };
  }

  verified(report: VerificationReport): VerifiedDto {
    return VerifiedDto.of(report, this.#zone);
  }

  created({ backup, state, copies }: ListedBackup): BackupCreatedDto {
    return {
      success: true,
      message: 'Database backup created successfully',
      backup: this.backup(backup, state, copies),
      database: backup.database,
      filename: backup.filename,
      size: backup.size ?? 0,
      created_at: isoTime(backup.createdAt, this.#zone),
    };
  }

  list(name: string, [backups, total]: [ListedBackup[], number]): BackupListDto {
    return {
      backups: backups.map(({ backup, state, copies }) => this.backup(backup, state, copies)),
      total,
      backup_directory: this.service.directory(name),
    };
  }

  status({
    directory,
    storage,
    engine,
    maxBackups,
    stats,
    unlisted,
    recovering,
    maintenance,
  }: FullBackupStatus): BackupStatusDto {
    return {
      system_status: {
        backup_directory: directory,
        backup_directory_exists: storage.exists,
        backup_directory_writable: storage.writable,
        free_space: storage.freeBytes,
        mysqldump_available: engine.dumpTool !== null,
        dump_tool: engine.dumpTool && `${engine.dumpTool.name} ${engine.dumpTool.version}`,
        engine: engine.kind,
        database_reachable: engine.reachable,
        server_version: engine.serverVersion,
        max_backups_kept: maxBackups,
        problems: [
          ...engine.problems,
          ...(storage.writable ? [] : ['The backup folder does not exist or cannot be written to.']),
        ],
        warnings: engine.warnings,
        unlisted_files: unlisted.map(({ path, reason }) => ({ path, reason })),
        recovering: recovering && RecoveringDto.of(recovering),
        maintenance: maintenance && MaintenanceDto.of(maintenance),
      },
      backup_stats: BackupStatsDto.of(stats, this.#zone),
    };
  }

  restored({ backup, filepath, restoredAt, undo, maintenanceMs, ...report }: RestoreReport): RestoredDto {
    return {
      success: true,
      message: 'Database restored successfully from backup',
      database: backup.database,
      restored_from: backup.filename,
      restore: {
        filename: backup.filename,
        filepath,
        restored_at: wallTime(restoredAt, this.#zone),
        undo_id: undo?.id ?? null,
        undo_expires_at: undo && isoTime(undo.expiresAt, this.#zone),
        kept_nothing: undo === null,
        maintenance_ms: maintenanceMs,
        documents: DocumentsDto.of(report.documents),
        notes: report.notes,
      },
    };
  }

  cleanup(
    { before, removed, bytesFreed, decisions, maxBackups }: CleanupReport & { maxBackups: number },
    dryRun: boolean,
  ): CleanupReportDto {
    return {
      success: true,
      message: dryRun ? 'Backup cleanup planned; nothing was removed' : 'Backup cleanup completed',
      dry_run: dryRun,
      cleanup_stats: {
        files_before: before,
        files_after: before - removed,
        files_deleted: removed,
        space_freed: bytesFreed,
        space_freed_formatted: formatBytes(bytesFreed),
        max_backups_kept: maxBackups,
      },
      decisions: decisions.map(({ backup: { filename }, action, reasons }) => ({
        filename,
        action,
        reason: reasons.join('; '),
      })),
    };
  }

  deleted({ filename }: BackupEntity): DeletedDto {
    return { success: true, status: 'deleted', message: `The backup ${filename} was deleted.` };
  }

  undo(undo: UndoEntity): UndoDto {
    return {
      id: undo.id,
      backup_filename: undo.backupFilename,
      created_by_name: undo.createdByName,
      created_at: isoTime(undo.createdAt, this.#zone),
      expires_at: isoTime(undo.expiresAt, this.#zone),
    };
  }

  undos(undos: UndoEntity[]): UndoListDto {
    return { undos: undos.map((undo) => this.undo(undo)), total: undos.length };
  }

  putBack({ undo, maintenanceMs }: PutBackReport): PutBackDto {
    return {
      success: true,
      message: 'What the restore had replaced is live again',
      undo: this.undo(undo),
      maintenance_ms: maintenanceMs,
    };
  }

  droppedUndo(): DeletedDto {
    return {
      success: true,
      status: 'deleted',
      message: 'What the restore had replaced was removed for good.',
    };
  }
}
