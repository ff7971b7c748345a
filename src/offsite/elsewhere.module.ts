import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { Elsewhere } from '../catalog/elsewhere.types.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { EncryptionModule } from '../encryption/encryption.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { CopiedDocuments } from './copied-documents.js';
import { CopyRows } from './copy-rows.service.js';
import { ElsewhereService } from './elsewhere.service.js';
import { FetchCopy } from './fetch-copy.js';
import { OffsiteCopy } from './offsite-copy.entity.js';

/**
 * Global because catalog/, below, asks for Elsewhere without knowing who answers. A module of its own: what makes the copies
 * needs the catalogue.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forFeature([OffsiteCopy, BackupEntity]),
    ArtefactsModule,
    DocumentsModule,
    EncryptionModule,
    StorageModule,
  ],
  providers: [
    CopiedDocuments,
    CopyRows,
    ElsewhereService,
    FetchCopy,
    { provide: Elsewhere, useExisting: ElsewhereService },
  ],
  exports: [CopiedDocuments, CopyRows, ElsewhereService, FetchCopy, Elsewhere],
})
export class ElsewhereModule {}
