import { Injectable } from '@nestjs/common';
import { BackupPipelineService } from '../backup-pipeline/backup-pipeline.service.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { JobContext } from '../jobs/jobs.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { projectOrder, type ProjectOrderRequest } from './project-order.js';
import { UploadProduction } from './upload-production.js';
import type { ReceivedFile } from './upload-storage.js';

/** A received file becomes a backup: its rows are restored into copies of the project's tables first, then it is stored. */
@Injectable()
export class RunProjectUpload {
  constructor(
    private readonly pipeline: BackupPipelineService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  run(
    database: RegisteredDatabase,
    request: ProjectOrderRequest,
    file: ReceivedFile,
    job: JobContext,
  ): Promise<BackupEntity> {
    const { engine, name, scopeRules } = database;
    return this.pipeline.run(
      {
        ...projectOrder(database, request, this.clock.now(), this.settings.env),
        produce: async (place) => {
          const { serverVersion } = await engine.probe();
          const plan = this.scope.plan(await engine.rows.schema(), scopeRules);
          const rootKey = await this.directory.rootKey(name, request.project.id);
          const rehearsal = { rows: engine.rows, rootKey, place };
          return new UploadProduction(this.scope, file, serverVersion ?? '', plan, rehearsal);
        },
      },
      job,
    );
  }
}
