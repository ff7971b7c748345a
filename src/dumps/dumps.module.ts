import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtefactsModule } from '../artefacts/artefacts.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { DumpBuildsController } from './build/dump-builds.controller.js';
import { DumpBuilds } from './build/dump-builds.service.js';
import { DumpPolicies } from './build/dump-policies.service.js';
import { DumpPolicyEntity } from './build/dump-policy.entity.js';
import { RunDumpBuild } from './build/run-dump-build.js';
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
  imports: [
    TypeOrmModule.forFeature([DumpPolicyEntity]),
    ArtefactsModule,
    CatalogModule,
    DatabasesModule,
    JobsModule,
    StorageModule,
  ],
  controllers: [DumpBuildsController, DumpsController, PublicDumpsController],
  providers: [
    DownloadCounts,
    DownloadLimits,
    DumpBuilds,
    DumpFiles,
    DumpPolicies,
    DumpsPresenter,
    DumpsService,
    PublicDumps,
    PublishableService,
    RunDumpBuild,
  ],
})
export class DumpsModule {}
