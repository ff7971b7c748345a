import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { BackupEntity } from './backup.entity.js';
import { BackupHistory } from './backup-history.service.js';
import { BackupKeeping } from './backup-keeping.service.js';
import { BackupHoldEntity } from './backup-hold.entity.js';
import { CatalogService } from './catalog.service.js';
import { DumpEntity } from './dump.entity.js';
import { DumpRecords } from './dump-records.service.js';
import { DiscoveryService } from './discovery.service.js';
import { FileStatesService } from './file-states.service.js';
import { GoodBackups } from './good-backups.service.js';
import { HoldsService } from './holds.service.js';
import { InterruptedService } from './interrupted.service.js';
import { ProjectUndosService } from './project-undos.service.js';
import { ScheduledBackups } from './scheduled-backups.service.js';
import { WholeBackups } from './whole-backups.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([BackupEntity, BackupHoldEntity, DumpEntity]),
    ArtefactsModule,
    DocumentsModule,
    JobsModule,
    StorageModule,
  ],
  providers: [
    BackupHistory,
    BackupKeeping,
    CatalogService,
    DiscoveryService,
    DumpRecords,
    FileStatesService,
    GoodBackups,
    HoldsService,
    InterruptedService,
    ProjectUndosService,
    ScheduledBackups,
    WholeBackups,
  ],
  exports: [
    BackupHistory,
    BackupKeeping,
    CatalogService,
    DiscoveryService,
    DumpRecords,
    GoodBackups,
    ProjectUndosService,
    ScheduledBackups,
    WholeBackups,
  ],
})
export class CatalogModule {}
