import type { ErrorCode } from '../common/errors.js';

export type BackupScope = 'full' | 'project';
export type BackupStatus = 'scheduled' | 'pending' | 'running' | 'done' | 'error' | 'cancelled';
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

export interface NewBackup extends ScopeKey {
  projectName?: string;
  /** The time in `stem`. */
  createdAt: Date;
  /** Without its ending; the catalogue makes it unique. */
  stem: string;
  /** `.sql.gz` */
  ending: string;
  folder: string;
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
