import { Controller, Delete, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, ProjectRoles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { PinsService } from '../offsite/pins.service.js';
import { projectRoutes } from '../projects/projects.types.js';
import type { ProjectBackupDto } from './project-backups.dto.js';
import { ProjectBackupsPresenter } from './project-backups.presenter.js';

/** A pinned backup is removed by nothing and nobody until the pin is taken off. */
@ApiTags('project backups')
@Controller(projectRoutes('/:id/backup/:filename/pin'))
@ProjectRoles('admin')
export class ProjectPinsController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly pins: PinsService,
    private readonly present: ProjectBackupsPresenter,
  ) {}

  /** Keeps a backup until the pin is taken off, whatever retention says; its copies, too. */
  @Put()
  pin(
    @DatabaseName() database: string,
    @Param('id') projectId: string,
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
  ): Promise<ProjectBackupDto> {
    return this.#set({ database, projectId }, filename, true, caller);
  }

  /** Takes the pin off: retention decides again. */
  @Delete()
  unpin(
    @DatabaseName() database: string,
    @Param('id') projectId: string,
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
  ): Promise<ProjectBackupDto> {
    return this.#set({ database, projectId }, filename, false, caller);
  }

  async #set(
    scope: { database: string; projectId: string },
    filename: string,
    pinned: boolean,
    caller: Caller,
  ): Promise<ProjectBackupDto> {
    const backup = await this.catalog.get(scope, filename);
    const { state, copies } = await this.catalog.listed(await this.pins.pin(backup, pinned, caller));
    return this.present.backup(backup, state, copies);
  }
}
