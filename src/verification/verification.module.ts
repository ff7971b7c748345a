import { Module } from '@nestjs/common';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { OffsiteModule } from '../offsite/offsite.module.js';
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { FullContents } from './full-contents.js';
import { ProjectContents } from './project-contents.js';
import { VerificationService } from './verification.service.js';

@Module({
  imports: [
    ArtefactsModule,
    CatalogModule,
    DatabasesModule,
    DocumentsModule,
    JobsModule,
    OffsiteModule,
    ProjectScopeModule,
  ],
  providers: [FullContents, ProjectContents, VerificationService],
  exports: [VerificationService],
})
export class VerificationModule {}
