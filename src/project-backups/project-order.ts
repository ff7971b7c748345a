import type { BackupOrder } from '../backup-pipeline/backup-pipeline.types.js';
import type { Arrival, BackupMethod, VerificationLevel } from '../catalog/catalog.types.js';
import { idInPaths } from '../common/path-names.js';
import { fileTime } from '../common/timestamps.js';
import type { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import {
  backupVersion,
  type ProjectFileHeader,
  type ScopePlan,
} from '../project-scope/project-scope.types.js';
import { jsonProjectId, type Project } from '../projects/projects.types.js';

export interface ProjectOrderRequest {
  project: Project;
  description: string | null;
  /** `manual` if left out. */
  method?: BackupMethod;
  createdBy: number | null;
  createdByName: string | null;
  /** How far it is verified; as configured if left out. */
  verify?: VerificationLevel;
  /** The newest N are kept; null leaves retention to the caller. */
  keepNewest: number | null;
  /** For the undo of a restore: see NewBackup. */
  keepUntil?: Date;
  /** When it is not made of what is live. */
  arrival?: Arrival;
}

/** What every backup of a project asks of the pipeline, wherever its rows come from. */
export function projectOrder(
  database: RegisteredDatabase,
  request: ProjectOrderRequest,
  now: Date,
  { HOLDFAST_VERIFY, HOLDFAST_TIMEZONE }: Settings['env'],
): Omit<BackupOrder, 'produce'> {
  const { project, verify = HOLDFAST_VERIFY, keepNewest, keepUntil, arrival } = request;
  const { description, method = 'manual', createdBy, createdByName } = request;
  return {
    database,
    verify,
    keepNewest,
    backup: {
      description,
      method,
      createdBy,
      createdByName,
      ...(keepUntil && { keepUntil }),
      ...(arrival && { arrival }),
      createdAt: now,
      database: database.name,
      projectId: project.id,
      projectName: project.name,
      stem: `project_${idInPaths(project.id)}_backup_${fileTime(now, HOLDFAST_TIMEZONE)}`,
      ending: '.json',
      engine: database.engine.kind,
      compression: 'none',
    },
  };
}

export function projectHeader(
  { engine }: RegisteredDatabase,
  { project, createdBy, createdByName }: ProjectOrderRequest,
  now: Date,
  plan: ScopePlan,
): ProjectFileHeader {
  return {
    format: 'holdfast-project',
    backup_version: backupVersion,
    project_id: jsonProjectId(project.id),
    project_name: project.name,
    created_at: now.toISOString(),
    created_by: createdBy,
    created_by_name: createdByName,
    engine: engine.kind,
    root_table: plan.rootTable,
    schema_fingerprint: plan.fingerprint,
  };
}
