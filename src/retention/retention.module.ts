import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { RetentionService } from './retention.service.js';

@Module({
  imports: [CatalogModule, DocumentsModule, VerificationModule],
  providers: [RetentionService],
  exports: [RetentionService],
})
export class RetentionModule {}
