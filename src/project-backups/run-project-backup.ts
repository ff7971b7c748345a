import { Injectable } from '@nestjs/common';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { ExportOptions } from '../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { ScopeCoverage } from '../projects/scope-coverage.service.js';
import { mustBeAccepted, mustBeComplete } from './must-be-complete.js';
import { type ProjectOrderRequest, projectHeader, projectOrder } from './project-order.js';
import { type ProjectExport, ProjectProduction } from './project-production.js';

export type ProjectBackupRequest = ProjectOrderRequest & ExportOptions;

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
    private readonly coverage: ScopeCoverage,
    private readonly directory: ProjectDirectory,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async run(
    database: RegisteredDatabase,
    request: ProjectBackupRequest,
    job: JobContext,
  ): Promise<ProjectBackup> {
    const now = this.clock.now();
    let production: ProjectProduction | undefined;
    const backup = await this.pipeline.run(
      {
        ...projectOrder(database, request, now, this.settings.env),
        withDocuments: true,
        produce: async (work) => {
          const source = await this.#source(database, request, now);
          production = new ProjectProduction(this.scope, source, work);
          return production;
        },
      },
      job,
    );
    return { backup, rowsDigest: production?.result.rowsDigest ?? '' };
  }

  async #source(
    database: RegisteredDatabase,
    request: ProjectBackupRequest,
    now: Date,
  ): Promise<ProjectExport> {
    const { engine, name, scopeRules } = database;
    const status = await engine.probe();
    if (!status.reachable) {
      throw new DomainError('database-unreachable', status.problems[0] ?? 'The database does not answer.');
    }
    const covered = await this.coverage.of(database, await engine.rows.schema());
    if (request.leaks === 'refuse') {
      mustBeComplete(scopeRules, covered.plan);
      mustBeAccepted(database, covered);
    }
    return {
      rows: engine.rows,
      rules: scopeRules,
      covered,
      rootKey: await this.directory.rootKey(name, request.project.id),
      serverVersion: status.serverVersion ?? '',
      header: projectHeader(database, request, now, covered.plan),
      leaks: request.leaks,
    };
  }
}
