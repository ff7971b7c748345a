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
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { CopiesService } from './copies/copies.service.js';
import { CopyRecovery } from './copies/copy-recovery.js';
import { ProjectCopiesController } from './copies/project-copies.controller.js';
import { ProjectCopiesPresenter } from './copies/project-copies.presenter.js';
import { ProjectCopiesService } from './copies/project-copies.service.js';
import { ProjectCopyEntity } from './copies/project-copy.entity.js';
import { RunProjectCopy } from './copies/run-project-copy.js';
import { PreviewProjectRestore } from './preview-project-restore.js';
import { ProjectArrivalsController } from './project-arrivals.controller.js';
import { ProjectArrivalsService } from './project-arrivals.service.js';
import { ProjectBackupsController } from './project-backups.controller.js';
import { ProjectBackupOperations } from './project-backup-operations.js';
import { ProjectBackupsPresenter } from './project-backups.presenter.js';
import { ProjectBackupsService } from './project-backups.service.js';
import { ProjectPinsController } from './project-pins.controller.js';
import { RestorePlanEntity } from './restore-plan.entity.js';
import { RestorePlansService } from './restore-plans.service.js';
import { RunProjectBackup } from './run-project-backup.js';
import { RunProjectExtraction } from './run-project-extraction.js';
import { RunProjectRestore } from './run-project-restore.js';
import { RunProjectUpload } from './run-project-upload.js';
import { uploads, UploadStorageModule } from './upload-storage.module.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ProjectCopyEntity, RestorePlanEntity]),
    ArtefactsModule,
    BackupPipelineModule,
    CatalogModule,
    DatabasesModule,
    DocumentsModule,
    JobsModule,
    MaintenanceModule,
    OffsiteModule,
    ProjectScopeModule,
    ProjectsModule,
    RetentionModule,
    StorageModule,
    UploadStorageModule,
    VerificationModule,
    uploads,
  ],
  controllers: [
    ProjectArrivalsController,
    ProjectCopiesController,
    ProjectBackupsController,
    ProjectPinsController,
  ],
  providers: [
    CopiesService,
    CopyRecovery,
    PreviewProjectRestore,
    ProjectArrivalsService,
    ProjectBackupOperations,
    ProjectBackupsPresenter,
    ProjectBackupsService,
    ProjectCopiesPresenter,
    ProjectCopiesService,
    RestorePlansService,
    RunProjectBackup,
    RunProjectCopy,
    RunProjectExtraction,
    RunProjectRestore,
    RunProjectUpload,
  ],
  exports: [ProjectBackupsService],
})
export class ProjectBackupsModule {}
