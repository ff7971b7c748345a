import type { Actor } from '../audit/audit.types.js';
import type { ErrorCode } from '../common/errors.js';
import type { BackupEntity } from './backup.entity.js';

export type BackupScope = 'full' | 'project';
/** `removing` is between `done` and being forgotten: written down first, so that a crash cannot leave half. */
export type BackupStatus = 'scheduled' | 'pending' | 'running' | 'done' | 'error' | 'cancelled' | 'removing';
/**
 * `made` through this catalogue, or `found` in the backup folder with a manifest that fits. Retention leaves a found one
 * alone until somebody accepts it (`catalog rebuild`).
 */
export type BackupOrigin = 'made' | 'found' | 'accepted';
export type BackupMethod = 'manual' | 'periodic';

/** Which backups belong together: those of one database, or of one project in it. */
export interface ScopeKey {
  database: string;
  /** Absent: the full backups. */
  projectId?: string;
}

export interface BackupFault {
  code: ErrorCode;
  detail: string;
}

/** What lists show of the contents; the manifest has the rest. */
export interface BackupContentsSummary {
  /** Rows by table. */
  tables: Record<string, number>;
  warnings: string[];
}

/**
 * `damaged`: of another length than it had, or without its manifest. `unavailable`: the backup folder cannot be asked.
 */
export type FileState = 'present' | 'missing' | 'damaged' | 'unavailable';

export interface ListedBackup {
  backup: BackupEntity;
  state: FileState;
}

/** What stands in the backup folder and is no backup that a list shows. */
export interface UnlistedFile {
  path: string;
  reason: string;
}

export interface NewBackup extends ScopeKey {
  projectName?: string;
  /** The time in `stem`. */
  createdAt: Date;
  /** Without its ending; the catalogue makes it unique. */
  stem: string;
  /** `.sql.gz` */
  ending: string;
  engine: string;
  compression: string;
  description: string | null;
  createdBy: number | null;
  createdByName: string | null;
}

export interface SealedFacts {
  size: number;
  sha256: string;
  contents: BackupContentsSummary;
}

export interface ScopeStats {
  count: number;
  bytes: number;
  oldest: { filename: string; createdAt: Date } | null;
  newest: { filename: string; createdAt: Date } | null;
}

/** Why a backup goes, and by whose will. */
export interface Removal {
  by: Actor;
  reason: string;
}
