import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { OffsiteModule } from '../offsite/offsite.module.js';
import { UsersModule } from '../users/users.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { DownloadLink } from './download-link.entity.js';
import { DownloadLinksPresenter } from './download-links.presenter.js';
import { DownloadLinksService } from './download-links.service.js';
import { DownloadsController } from './downloads.controller.js';
import { FullLinksController } from './full-links.controller.js';
import { LinkHolders } from './link-holders.service.js';
import { ProjectLinksController } from './project-links.controller.js';
import { SingleDownloads } from './single-downloads.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([DownloadLink]),
    CatalogModule,
    DatabasesModule,
    OffsiteModule,
    UsersModule,
  ],
  controllers: [DownloadsController, FullLinksController, ProjectLinksController],
  providers: [DeliveriesService, DownloadLinksPresenter, DownloadLinksService, LinkHolders, SingleDownloads],
})
export class DownloadLinksModule {}
