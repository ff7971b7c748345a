import { Injectable } from '@nestjs/common';
import type { BackupEntity } from '../catalog/backup.entity.js';
import type { ListedBackup } from '../catalog/catalog.types.js';
import type { CopySummary } from '../catalog/elsewhere.types.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { PlaceStats } from '../offsite/offsite.types.js';
import type { OffsiteBackupDto, OffsiteBackupListDto, PlaceStatsDto } from './offsite-backups.dto.js';

/** The answers of section 5 of the HTTP contract. */
@Injectable()
export class OffsiteBackupsPresenter {
  readonly #zone: string;

  constructor(settings: Settings) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  backup(backup: BackupEntity, copies: readonly CopySummary[]): OffsiteBackupDto {
    const good = copies.filter(({ isGood }) => isGood);
    const inCloudinary = good.find(({ kind }) => kind === 'cloudinary');
    return {
      backupId: backup.id,
      filename: backup.filename,
      size: backup.size ?? 0,
      offsiteUrl: (inCloudinary ?? good[0])?.url ?? null,
      cloudinaryUrl: inCloudinary?.url ?? null,
      createdAt: isoTime(backup.createdAt, this.#zone),
      description: backup.description,
    };
  }

  list(
    [backups, total]: [ListedBackup[], number],
    stats: { all: PlaceStats; cloudinary: PlaceStats },
  ): OffsiteBackupListDto {
    return {
      backups: backups.map(({ backup, copies }) => this.backup(backup, copies)),
      total,
      storageStats: statsOf(stats.all),
      cloudinaryStats: statsOf(stats.cloudinary),
    };
  }
}

function statsOf({ bytes, count }: PlaceStats): PlaceStatsDto {
  return { totalSize: bytes, count };
}
