import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { EncryptionModule } from '../encryption/encryption.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { Copier } from './copier.service.js';
import { CopyChecks } from './copy-checks.service.js';
import { CopyStats } from './copy-stats.service.js';
import { OffsiteCopy } from './offsite-copy.entity.js';
import { ElsewhereModule } from './elsewhere.module.js';
import { OffsiteDiscovery } from './offsite-discovery.service.js';
import { PinsService } from './pins.service.js';
import { PlaceLinks } from './place-links.service.js';
import { RemoveCopy } from './remove-copy.js';
import { SendCopy } from './send-copy.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([OffsiteCopy]),
    ArtefactsModule,
    CatalogModule,
    ElsewhereModule,
    EncryptionModule,
    StorageModule,
  ],
  providers: [Copier, CopyChecks, CopyStats, OffsiteDiscovery, PinsService, PlaceLinks, RemoveCopy, SendCopy],
  exports: [Copier, CopyChecks, CopyStats, OffsiteDiscovery, PinsService, PlaceLinks],
})
export class OffsiteModule {}
