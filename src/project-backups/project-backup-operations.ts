import { Injectable } from '@nestjs/common';
import { CatalogService } from '../catalog/catalog.service.js';
import { type Operation, Operations } from '../jobs/operations.service.js';
import type { VerifiedDto } from '../verification/verification.dto.js';
import type { VerificationWish } from '../verification/verification.types.js';
import { ProjectCopiesService } from './copies/project-copies.service.js';
import { ProjectArrivalsService } from './project-arrivals.service.js';
import type {
  ProjectBackupCreatedDto,
  ProjectRestoredDto,
  RestoreProjectDto,
} from './project-backups.dto.js';
import { ProjectBackupsPresenter } from './project-backups.presenter.js';
import { ProjectBackupsService } from './project-backups.service.js';
import { choicesOf } from './restore-choices.js';

interface OfProject {
  database: string;
  project: string;
}

/** The long work on projects, as any process can do it. An upload is none: its file is where it arrived. */
@Injectable()
export class ProjectBackupOperations {
  readonly create: Operation<OfProject & { description: string | null }, ProjectBackupCreatedDto>;
  readonly extract: Operation<OfProject & { fullFilename: string }, ProjectBackupCreatedDto>;
  readonly restore: Operation<OfProject & { request: RestoreProjectDto }, ProjectRestoredDto>;
  readonly verify: Operation<OfProject & VerificationWish & { filename: string }, VerifiedDto>;

  constructor(
    operations: Operations,
    service: ProjectBackupsService,
    arrivals: ProjectArrivalsService,
    copies: ProjectCopiesService,
    catalog: CatalogService,
    present: ProjectBackupsPresenter,
  ) {
    this.create = operations.define('project-backup', ({ database, project, description }, caller) =>
      service.create(database, project, description, caller, async (backup) =>
        present.created(await catalog.listed(backup)),
      ),
    );
    this.extract = operations.define('project-extraction', ({ database, project, fullFilename }, caller) =>
      arrivals.extract(database, project, fullFilename, caller, async (backup) =>
        present.created(await catalog.listed(backup)),
      ),
    );
    // A request is JSON as it came; what it means may be more than JSON can say.
    this.restore = operations.define('project-restore', ({ database, project, request }, caller) => {
      const { filename, plan_id: planId, include_documents: withDocuments = true } = request;
      const choices = choicesOf(request);
      return choices.mode === 'copy'
        ? copies.start(database, project, { filename, choices, planId, withDocuments }, caller, (report) =>
            present.copied(report),
          )
        : service.restore(database, project, { filename, choices, planId, withDocuments }, caller, (report) =>
            present.restored(report),
          );
    });
    this.verify = operations.define(
      'project-verification',
      ({ database, project, filename, ...wish }, caller) =>
        service.verify(database, project, filename, wish, caller, (report) => present.verified(report)),
    );
  }
}
