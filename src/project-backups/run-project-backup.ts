import { Injectable } from '@nestjs/common';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import type { VerificationLevel } from '../catalog/catalog.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { idInPaths } from '../common/path-names.js';
import { fileTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { ExportOptions } from '../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { jsonProjectId, type Project } from '../projects/projects.types.js';
import { ProjectProduction } from './project-production.js';

export interface ProjectBackupRequest extends ExportOptions {
  /** For the undo of a restore: see NewBackup. */
  keepUntil?: Date;
  project: Project;
  description: string | null;
  createdBy: number | null;
  createdByName: string | null;
  /** How far it is verified; as configured if left out. */
  verify?: VerificationLevel;
  /** The newest N are kept; null leaves retention to the caller. */
  keepNewest: number | null;
}

export interface ProjectBackup {
  backup: BackupEntity;
  /** SHA-256 over the rows; a restore compares it with what it replaces. */
  rowsDigest: string;
}

/** One project backup: the export of its rows through the pipeline. */
@Injectable()
export class RunProjectBackup {
  constructor(
    private readonly pipeline: BackupPipelineService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async run(
    database: RegisteredDatabase,
    request: ProjectBackupRequest,
    job: JobContext,
  ): Promise<ProjectBackup> {
    const { HOLDFAST_VERIFY, HOLDFAST_TIMEZONE } = this.settings.env;
    const { project, verify = HOLDFAST_VERIFY, keepNewest, leaks, ...more } = request;
    const { engine, name } = database;
    const now = this.clock.now();
    let production: ProjectProduction | undefined;
    const backup = await this.pipeline.run(
      {
        database,
        verify,
        keepNewest,
        backup: {
          ...more,
          createdAt: now,
          database: name,
          projectId: project.id,
          projectName: project.name,
          stem: `project_${idInPaths(project.id)}_backup_${fileTime(now, HOLDFAST_TIMEZONE)}`,
          ending: '.json',
          engine: engine.kind,
          compression: 'none',
        },
        produce: async (work) => {
          production = new ProjectProduction(
            this.scope,
            { ...(await this.#source(database, request, now)), leaks },
            work,
          );
          return production;
        },
      },
      job,
    );
    return { backup, rowsDigest: production?.result.rowsDigest ?? '' };
  }

  async #source(
    { engine, name, projectTable }: RegisteredDatabase,
    request: ProjectBackupRequest,
    now: Date,
  ) {
    const { project } = request;
    const status = await engine.probe();
    if (!status.reachable) {
      throw new DomainError('database-unreachable', status.problems[0] ?? 'The database does not answer.');
    }
    const plan = this.scope.plan(await engine.rows.schema(), projectTable);
    return {
      engine,
      plan,
      rootKey: await this.directory.rootKey(name, project.id),
      serverVersion: status.serverVersion ?? '',
      header: {
        format: 'holdfast-project' as const,
        backup_version: '1.0' as const,
        project_id: jsonProjectId(project.id),
        project_name: project.name,
        created_at: now.toISOString(),
        created_by: request.createdBy,
        created_by_name: request.createdByName,
        engine: engine.kind,
        root_table: plan.rootTable,
        schema_fingerprint: plan.fingerprint,
      },
    };
  }
}
