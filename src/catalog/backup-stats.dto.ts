import { formatBytes } from '../common/sizes.js';
import { wallTime } from '../common/timestamps.js';
import type { ScopeStats } from './catalog.types.js';

export class NamedBackupDto {
  filename!: string;
  created_at!: string;
}

/** How many backups there are of a database, or of a project. */
export class BackupStatsDto {
  total_backups!: number;
  total_size!: number;
  total_size_formatted!: string;
  oldest_backup!: NamedBackupDto | null;
  newest_backup!: NamedBackupDto | null;

  static of({ count, bytes, oldest, newest }: ScopeStats, zone: string): BackupStatsDto {
    const named = (backup: ScopeStats['oldest']) =>
      backup && { filename: backup.filename, created_at: wallTime(backup.createdAt, zone) };
    return {
      total_backups: count,
      total_size: bytes,
      total_size_formatted: formatBytes(bytes),
      oldest_backup: named(oldest),
      newest_backup: named(newest),
    };
  }
}
