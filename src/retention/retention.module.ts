import { Module } from '@nestjs/common';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { RetentionService } from './retention.service.js';

@Module({
  imports: [ArtefactsModule, CatalogModule, StorageModule],
  providers: [RetentionService],
  exports: [RetentionService],
})
export class RetentionModule {}
