import type { BackupEntity } from '../catalog/backup.entity.js';
import type { ScopeStats, UnlistedFile } from '../catalog/catalog.types.js';
import type { Recovering } from '../databases/recovery-watch.service.js';
import type { Maintenance } from '../maintenance/maintenance.types.js';
import type { ProjectPreview, RestoreChoices } from '../project-scope/project-scope.types.js';
import type { CoveredScope } from '../projects/scope-coverage.service.js';
import type { StorageHealth } from '../storage/storage.types.js';
import type { RestorePlanEntity } from './restore-plan.entity.js';
import type { ProjectRestoreOutcome } from './run-project-restore.js';

export interface ProjectBackupStatus {
  directory: string;
  storage: StorageHealth;
  maxBackups: number;
  stats: ScopeStats;
  unlisted: UnlistedFile[];
  /** Null when the database is away. */
  scope: CoveredScope | null;
  problems: string[];
  recovering: Recovering | null;
  maintenance: Maintenance | null;
}

export interface ProjectPreviewReport {
  preview: ProjectPreview;
  backup: BackupEntity;
  plan: RestorePlanEntity;
}

export interface ProjectRestoreReport extends ProjectRestoreOutcome {
  backup: BackupEntity;
  choices: RestoreChoices;
}
