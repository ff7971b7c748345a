import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { BackupPipelineModule } from '../backup-pipeline/backup-pipeline.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { OffsiteModule } from '../offsite/offsite.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { DatabaseBackupWorkController } from './database-backup-work.controller.js';
import { DatabaseBackupsController } from './database-backups.controller.js';
import { DatabaseBackupsPresenter } from './database-backups.presenter.js';
import { DatabaseBackupsService } from './database-backups.service.js';
import { FullBackupsController } from './full-backups.controller.js';
import { FullBackupOperations } from './full-backup-operations.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';
import { OffsiteBackupsController } from './offsite-backups.controller.js';
import { OffsiteBackupsPresenter } from './offsite-backups.presenter.js';
import { OffsiteBackupsService } from './offsite-backups.service.js';
import { PinsController } from './pins.controller.js';
import { RecoveryService } from './recovery.service.js';
import { RunFullBackup } from './run-full-backup.js';
import { RunFullRestore } from './run-full-restore.js';
import { UndosController } from './undos.controller.js';
import { UndoEntity } from './undo.entity.js';
import { UndosService } from './undos.service.js';
import { UpkeepController } from './upkeep.controller.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([UndoEntity]),
    ArtefactsModule,
    BackupPipelineModule,
    CatalogModule,
    DatabasesModule,
    DocumentsModule,
    JobsModule,
    MaintenanceModule,
    OffsiteModule,
    RetentionModule,
    StorageModule,
    VerificationModule,
  ],
  // `status` before `:id`: the first that fits answers.
  controllers: [
    UpkeepController,
    UndosController,
    FullBackupsController,
    DatabaseBackupsController,
    DatabaseBackupWorkController,
    OffsiteBackupsController,
    PinsController,
  ],
  providers: [
    DatabaseBackupsPresenter,
    DatabaseBackupsService,
    FullBackupOperations,
    FullBackupsPresenter,
    FullBackupsService,
    OffsiteBackupsPresenter,
    OffsiteBackupsService,
    RecoveryService,
    RunFullBackup,
    RunFullRestore,
    UndosService,
  ],
  exports: [DatabaseBackupsService],
})
export class FullBackupsModule {}
