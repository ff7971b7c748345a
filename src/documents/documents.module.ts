import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { BlobSweep } from './blob-sweep.service.js';
import { BlobsService } from './blobs.service.js';
import { DocumentBlobEntity } from './document-blob.entity.js';
import { DocumentNames } from './document-names.service.js';
import { DocumentRestores } from './document-restores.service.js';
import { DocumentsService } from './documents.service.js';
import { ProjectDocuments } from './project-documents.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([DocumentBlobEntity]), ArtefactsModule, DatabasesModule, StorageModule],
  providers: [BlobSweep, BlobsService, DocumentNames, DocumentRestores, DocumentsService, ProjectDocuments],
  exports: [BlobSweep, DocumentNames, DocumentRestores, DocumentsService, ProjectDocuments],
})
export class DocumentsModule {}
