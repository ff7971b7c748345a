import type { Manifest } from '../artefacts/artefacts.types.js';
import type { Actor } from '../audit/audit.types.js';
import type { ErrorCode } from '../common/errors.js';
import { type DocumentFacts, partialWarning } from '../documents/documents.types.js';
import type { BackupEntity } from './backup.entity.js';
import type { CopySummary } from './elsewhere.types.js';

export type BackupScope = 'full' | 'project';
export const shownStatuses = ['scheduled', 'pending', 'running', 'done', 'error', 'cancelled'] as const;
/** `removing` is between `done` and being forgotten: written down first, so that a crash cannot leave half. */
export type BackupStatus = (typeof shownStatuses)[number] | 'removing';
/**
 * `made` through this catalogue, or `found` in the backup folder with a manifest that fits. Retention leaves a found one
 * alone until somebody accepts it (`catalog rebuild`).
 */
export type BackupOrigin = 'made' | 'found' | 'accepted';
/** How a backup came that was not made of what was live: from elsewhere, or out of a full backup. */
export type Arrival = 'upload' | 'extraction';
export type BackupMethod = 'manual' | 'periodic';

/** Which backups belong together: those of one database, or of one project in it. */
export interface ScopeKey {
  database: string;
  /** Absent: the full backups. */
  projectId?: string;
}

/**
 * How far a restore was proven, each level holding those before it: the file is what was written; what is in it is whole;
 * it was restored beside live, and what stood there was what was backed up.
 */
export const verificationLevels = ['stored', 'readable', 'restorable'] as const;
export type VerificationLevel = (typeof verificationLevels)[number];

/** Whether `level` says at least as much as `asked`. */
export function reaches(level: VerificationLevel | null, asked: VerificationLevel): boolean {
  return level !== null && verificationLevels.indexOf(level) >= verificationLevels.indexOf(asked);
}

/** What a verification found wrong. */
export interface Damage extends BackupFault {
  /** The level that it did not reach. */
  level: VerificationLevel;
  /** ISO 8601, UTC. */
  at: string;
}

/** The outcome of a verification; `verifiedLevel` is the highest level that was reached. */
export interface Verdict {
  verifiedLevel: VerificationLevel | null;
  verifiedAt: Date | null;
  damage: Damage | null;
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
  /** Absent: the backup was made without documents. */
  documents?: DocumentFacts;
}

/**
 * `damaged`: of another length than it had, without its manifest, or found so by a verification. `elsewhere`: not in the
 * backup folder, but copied to another place. `unavailable`: the backup folder cannot be asked.
 */
export const fileStates = ['present', 'elsewhere', 'missing', 'damaged', 'unavailable'] as const;
export type FileState = (typeof fileStates)[number];

export interface ListedBackup {
  backup: BackupEntity;
  state: FileState;
  copies: CopySummary[];
}

/** What stands in the backup folder and is no backup that a list shows. */
export interface UnlistedFile {
  path: string;
  reason: string;
}

export interface NewBackup extends ScopeKey {
  /** One of its own if left out. */
  id?: string;
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
  /** `manual` if left out. */
  method?: BackupMethod;
  createdBy: number | null;
  createdByName: string | null;
  /** For the undo of a restore. */
  keepUntil?: Date;
  /** Absent: made of what is live. */
  arrival?: Arrival;
}

export interface SealedFacts {
  size: number;
  sha256: string;
  contents: BackupContentsSummary;
}

/** What the catalogue keeps of a finished backup's manifest. */
export function sealedFacts({ size, sha256, contents, documents }: Manifest): SealedFacts {
  return {
    size,
    sha256,
    contents: {
      tables: Object.fromEntries(contents.tables.map(({ name, rows }) => [name, rows])),
      warnings: [...contents.warnings, ...(documents?.partial ? [partialWarning(documents.partial)] : [])],
      ...(documents && { documents }),
    },
  };
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
