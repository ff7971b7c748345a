import { Controller, Delete, Get, Header, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, ProjectRoles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { projectRoutes } from '../projects/projects.types.js';
import { ArchiveDto, DownloadLinkListDto, LinkQuery, RevokedLinksDto } from './download-links.dto.js';
import { DownloadLinksPresenter } from './download-links.presenter.js';
import { DownloadLinksService } from './download-links.service.js';

@ApiTags('download links')
@Controller(projectRoutes('/:id/backup/:filename'))
@ProjectRoles('admin')
export class ProjectLinksController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly links: DownloadLinksService,
    private readonly present: DownloadLinksPresenter,
  ) {}

  /** Makes a link by which the backup can be downloaded without a log-in, for a short time. Each call makes another. */
  @Get('archive')
  @Header('Cache-Control', 'private, no-store')
  async archive(
    @DatabaseName() database: string,
    @Param('id') projectId: string,
    @Param('filename') filename: string,
    @Query() { expires_in, single_use }: LinkQuery,
    @CurrentUser() caller: Caller,
    @Req() request: Request,
  ): Promise<ArchiveDto> {
    const backup = await this.catalog.get({ database, projectId }, filename);
    const wish = { expiresIn: expires_in, singleUse: single_use === 'true' };
    return this.present.archive(await this.links.make(backup, wish, caller), request);
  }

  /** The links that still lead to the backup. Their addresses are not kept. */
  @Get('links')
  async list(
    @DatabaseName() database: string,
    @Param('id') projectId: string,
    @Param('filename') filename: string,
  ): Promise<DownloadLinkListDto> {
    return this.present.list(
      await this.links.list(await this.catalog.get({ database, projectId }, filename)),
    );
  }

  /** Ends all links to the backup. */
  @Delete('links')
  async revokeAll(
    @DatabaseName() database: string,
    @Param('id') projectId: string,
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
  ): Promise<RevokedLinksDto> {
    const backup = await this.catalog.get({ database, projectId }, filename);
    return this.present.revoked(await this.links.revoke(backup, undefined, caller));
  }
}
