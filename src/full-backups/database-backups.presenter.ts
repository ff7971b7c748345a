import { Injectable } from '@nestjs/common';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { DocumentsDto } from '../documents/documents.dto.js';
import { DamageDto } from '../verification/verification.dto.js';
import type { DatabaseBackupDto, DatabaseRestoreDto } from './database-backups.dto.js';

/** Backups as section 3 of the HTTP contract shows them. */
@Injectable()
export class DatabaseBackupsPresenter {
  constructor(
    private readonly databases: DatabasesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  backup(backup: BackupEntity): DatabaseBackupDto {
    const zone = this.settings.env.HOLDFAST_TIMEZONE;
    const time = (instant: Date | null) => instant && isoTime(instant, zone);
    return {
      id: backup.id,
      created_at: isoTime(backup.createdAt, zone),
      started_at: time(backup.startedAt),
      finished_at: time(backup.finishedAt),
      name: backup.filename,
      size: sizeOf(backup),
      status: backup.status,
      database_id: this.databases.get(backup.database).id,
      type: backup.engine,
      method: backup.method,
      description: backup.description,
      verified_level: backup.verifiedLevel,
      damage: DamageDto.of(backup.damage, zone),
      documents: DocumentsDto.of(backup.contents?.documents),
      ...(backup.error && { error: backup.error }),
    };
  }

  restore({ id, database, filename }: BackupEntity, jobId: string, keepNothing: boolean): DatabaseRestoreDto {
    return {
      id: jobId,
      created_at: isoTime(this.clock.now(), this.settings.env.HOLDFAST_TIMEZONE),
      status: 'scheduled',
      database_id: this.databases.get(database).id,
      database_backup_id: id,
      name: filename,
      keep_nothing: keepNothing,
    };
  }
}

/** A size is written down shortly before the artefact appears; nobody has it before the backup is done. */
function sizeOf({ status, size }: BackupEntity): number | null {
  if (status === 'scheduled') return null;
  return status === 'done' ? size : 0;
}
