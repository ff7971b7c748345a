import { Module } from '@nestjs/common';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { BackupPipelineService } from './backup-pipeline.service.js';

@Module({
  imports: [
    ArtefactsModule,
    CatalogModule,
    DatabasesModule,
    DocumentsModule,
    RetentionModule,
    VerificationModule,
  ],
  providers: [BackupPipelineService],
  exports: [BackupPipelineService],
})
export class BackupPipelineModule {}
