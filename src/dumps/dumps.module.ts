import { Module } from '@nestjs/common';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { DownloadCounts } from './download-counts.service.js';
import { DownloadLimits } from './download-limits.service.js';
import { DumpFiles } from './dump-files.service.js';
import { DumpsController } from './dumps.controller.js';
import { DumpsPresenter } from './dumps.presenter.js';
import { DumpsService } from './dumps.service.js';
import { PublicDumpsController } from './public-dumps.controller.js';
import { PublicDumps } from './public-dumps.service.js';
import { PublishableService } from './publishable.service.js';

/** Files that are published for download, and who may have them how fast. */
@Module({
  imports: [ArtefactsModule, CatalogModule, DatabasesModule, StorageModule],
  controllers: [DumpsController, PublicDumpsController],
  providers: [
    DownloadCounts,
    DownloadLimits,
    DumpFiles,
    DumpsPresenter,
    DumpsService,
    PublicDumps,
    PublishableService,
  ],
})
export class DumpsModule {}
