import type { BackupEntity } from '../catalog/backup.entity.js';
import type { ScopeStats, UnlistedFile } from '../catalog/catalog.types.js';
import type { Recovering } from '../databases/recovery-watch.service.js';
import type { DocumentFacts } from '../documents/documents.types.js';
import type { EngineStatus } from '../engines/engine.types.js';
import type { Maintenance } from '../maintenance/maintenance.types.js';
import type { StorageHealth } from '../storage/storage.types.js';
import type { UndoEntity } from './undo.entity.js';

export interface FullBackupStatus {
  directory: string;
  storage: StorageHealth;
  engine: EngineStatus & { kind: string };
  maxBackups: number;
  stats: ScopeStats;
  unlisted: UnlistedFile[];
  recovering: Recovering | null;
  maintenance: Maintenance | null;
}

export interface RestoreReport {
  backup: BackupEntity;
  filepath: string;
  restoredAt: Date;
  notes: string[];
  documents: DocumentFacts | null;
  /** Null when nothing was to be kept. */
  undo: UndoEntity | null;
  /** For how long, in ms, the live database had to be left alone. */
  maintenanceMs: number;
}

export interface PutBackReport {
  /** What was live until now. */
  undo: UndoEntity;
  maintenanceMs: number;
}

export interface RestoreChoice {
  filename: string;
  /** What is live is broken: it is replaced, and nothing of it is kept. */
  keepNothing: boolean;
  /** Puts the documents of the backup in place, too, if it has any. */
  withDocuments: boolean;
}
