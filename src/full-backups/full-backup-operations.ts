import { Injectable } from '@nestjs/common';
import { CatalogService } from '../catalog/catalog.service.js';
import { type Operation, Operations } from '../jobs/operations.service.js';
import type { VerifiedDto } from '../verification/verification.dto.js';
import type { VerificationWish } from '../verification/verification.types.js';
import type { BackupCreatedDto, PutBackDto, RestoredDto } from './full-backups.dto.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';
import type { RestoreChoice } from './full-backups.types.js';
import type { OffsiteBackupDto } from './offsite-backups.dto.js';
import { OffsiteBackupsService } from './offsite-backups.service.js';

interface OfDatabase {
  database: string;
}

interface OffsiteRequest {
  description: string | null;
  withDocuments: boolean;
}

/** The long work on whole databases, as any process can do it. */
@Injectable()
export class FullBackupOperations {
  readonly create: Operation<
    OfDatabase & { description: string | null; withDocuments: boolean },
    BackupCreatedDto
  >;
  readonly createOffsite: Operation<OffsiteRequest, OffsiteBackupDto>;
  readonly restore: Operation<OfDatabase & RestoreChoice, RestoredDto>;
  readonly putBack: Operation<OfDatabase & { undo: string }, PutBackDto>;
  readonly verify: Operation<OfDatabase & VerificationWish & { filename: string }, VerifiedDto>;

  constructor(
    operations: Operations,
    service: FullBackupsService,
    offsite: OffsiteBackupsService,
    catalog: CatalogService,
    present: FullBackupsPresenter,
  ) {
    this.create = operations.define('full-backup', ({ database, ...choice }, caller) =>
      service.create(database, choice, caller, async (backup) =>
        present.created(await catalog.listed(backup)),
      ),
    );
    this.createOffsite = operations.define('offsite-backup', (choice, caller) =>
      offsite.create(choice, caller),
    );
    this.restore = operations.define('full-restore', ({ database, ...choice }, caller) =>
      service.restore(database, choice, caller, (report) => present.restored(report)),
    );
    this.putBack = operations.define('put-back', ({ database, undo }, caller) =>
      service.putBack(database, undo, caller, (report) => present.putBack(report)),
    );
    this.verify = operations.define('full-verification', ({ database, filename, ...wish }, caller) =>
      service.verify(database, filename, wish, caller, (report) => present.verified(report)),
    );
  }
}
