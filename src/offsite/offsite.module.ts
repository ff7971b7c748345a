import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { EncryptionModule } from '../encryption/encryption.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { Copier } from './copier.service.js';
import { CopyChecks } from './copy-checks.service.js';
import { CopyStats } from './copy-stats.service.js';
import { OffsiteCopy } from './offsite-copy.entity.js';
import { DocumentSweep } from './document-sweep.service.js';
import { ElsewhereModule } from './elsewhere.module.js';
import { NameOwners } from './name-owners.js';
import { OffsiteDiscovery } from './offsite-discovery.service.js';
import { PlaceSweepEntity } from './place-sweep.entity.js';
import { PinsService } from './pins.service.js';
import { PlaceLinks } from './place-links.service.js';
import { PlaceUpkeep } from './place-upkeep.service.js';
import { RemoveCopy } from './remove-copy.js';
import { SendCopy } from './send-copy.js';
import { SweepLeases } from './sweep-leases.service.js';
import { UnseenPlaceEntity } from './unseen-place.entity.js';
import { UnseenPlaces } from './unseen-places.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([OffsiteCopy, PlaceSweepEntity, UnseenPlaceEntity]),
    ArtefactsModule,
    CatalogModule,
    DatabasesModule,
    DocumentsModule,
    ElsewhereModule,
    EncryptionModule,
    StorageModule,
  ],
  providers: [
    Copier,
    CopyChecks,
    CopyStats,
    DocumentSweep,
    NameOwners,
    OffsiteDiscovery,
    PinsService,
    PlaceLinks,
    PlaceUpkeep,
    RemoveCopy,
    SendCopy,
    SweepLeases,
    UnseenPlaces,
  ],
  exports: [Copier, CopyChecks, CopyStats, OffsiteDiscovery, PinsService, PlaceLinks],
})
export class OffsiteModule {}
