import { Controller, Delete, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import type { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { PinsService } from '../offsite/pins.service.js';
import { DatabaseBackupsService } from './database-backups.service.js';
import type { BackupDto } from './full-backups.dto.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';

/** A pinned backup is removed by nothing and nobody until the pin is taken off. */
@ApiTags('full backups')
@Controller()
@Roles('admin')
export class PinsController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly databases: DatabaseBackupsService,
    private readonly pins: PinsService,
    private readonly present: FullBackupsPresenter,
  ) {}

  /** Keeps a backup of `default` until the pin is taken off, whatever retention says; its copies, too. */
  @Put('api/v1/backup/:filename/pin')
  async pin(@Param('filename') filename: string, @CurrentUser() caller: Caller): Promise<BackupDto> {
    return this.#set(await this.catalog.get({ database: 'default' }, filename), true, caller);
  }

  /** Takes the pin off: retention decides again. */
  @Delete('api/v1/backup/:filename/pin')
  async unpin(@Param('filename') filename: string, @CurrentUser() caller: Caller): Promise<BackupDto> {
    return this.#set(await this.catalog.get({ database: 'default' }, filename), false, caller);
  }

  /** The same for a backup of any database. */
  @Put('api/databases/:db/backups/:id/pin')
  async pinOf(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<BackupDto> {
    return this.#set(await this.databases.finished(database, id), true, caller);
  }

  @Delete('api/databases/:db/backups/:id/pin')
  async unpinOf(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<BackupDto> {
    return this.#set(await this.databases.finished(database, id), false, caller);
  }

  async #set(backup: BackupEntity, pinned: boolean, caller: Caller): Promise<BackupDto> {
    const { state, copies } = await this.catalog.listed(await this.pins.pin(backup, pinned, caller));
    return this.present.backup(backup, state, copies);
  }
}
