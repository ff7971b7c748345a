import { Controller, Delete, Get, Header, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupHistory } from '../catalog/backup-history.service.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { DatabasesService } from '../databases/databases.service.js';
import { ArchiveDto, DownloadLinkListDto, LinkQuery, RevokedLinksDto } from './download-links.dto.js';
import { DownloadLinksPresenter } from './download-links.presenter.js';
import { DownloadLinksService } from './download-links.service.js';

@ApiTags('download links')
@Controller('api/databases/:db/backups/:id')
@Roles('admin')
export class FullLinksController {
  constructor(
    private readonly databases: DatabasesService,
    private readonly history: BackupHistory,
    private readonly links: DownloadLinksService,
    private readonly present: DownloadLinksPresenter,
  ) {}

  /** Makes a link by which the backup can be downloaded without a log-in, for a short time. Each call makes another. */
  @Get('archive')
  @Header('Cache-Control', 'private, no-store')
  async archive(
    @Param('db') database: string,
    @Param('id') id: string,
    @Query() { expires_in, single_use }: LinkQuery,
    @CurrentUser() caller: Caller,
    @Req() request: Request,
  ): Promise<ArchiveDto> {
    const wish = { expiresIn: expires_in, singleUse: single_use === 'true' };
    return this.present.archive(
      await this.links.make(await this.#backup(database, id), wish, caller),
      request,
    );
  }

  /** The links that still lead to the backup. Their addresses are not kept. */
  @Get('links')
  async list(@Param('db') database: string, @Param('id') id: string): Promise<DownloadLinkListDto> {
    return this.present.list(await this.links.list(await this.#backup(database, id)));
  }

  /** Ends all links to the backup. */
  @Delete('links')
  async revokeAll(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<RevokedLinksDto> {
    const backup = await this.#backup(database, id);
    return this.present.revoked(await this.links.revoke(backup, undefined, caller));
  }

  /** Ends one link to the backup. */
  @Delete('links/:link')
  async revoke(
    @Param('db') database: string,
    @Param('id') id: string,
    @Param('link') link: string,
    @CurrentUser() caller: Caller,
  ): Promise<RevokedLinksDto> {
    return this.present.revoked(await this.links.revoke(await this.#backup(database, id), link, caller));
  }

  #backup(database: string, id: string): Promise<BackupEntity> {
    return this.history.get({ database: this.databases.get(database).name }, id);
  }
}
