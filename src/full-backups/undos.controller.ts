import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { DeletedDto, PutBackDto, UndoListDto } from './full-backups.dto.js';
import { FullBackupOperations } from './full-backup-operations.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';

@ApiTags('full backups')
@Controller(['api/v1/backup/undo', 'api/databases/:db/undo'])
@Roles('superadmin')
export class UndosController {
  constructor(
    private readonly service: FullBackupsService,
    private readonly operations: FullBackupOperations,
    private readonly present: FullBackupsPresenter,
  ) {}

  /** What restores have replaced and can be put back. */
  @Get()
  async list(@DatabaseName() database: string): Promise<UndoListDto> {
    return this.present.undos(await this.service.listUndos(database));
  }

  /** Puts back what a restore had replaced; what is live now becomes a new undo. */
  @Post(':id/restore')
  @HttpCode(200)
  @ApiOkResponse({ type: PutBackDto })
  putBack(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<PutBackDto>> {
    return this.operations.putBack({ database, undo: id }, caller);
  }

  /** Removes an undo for good, before its time. */
  @Delete(':id')
  async drop(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<DeletedDto> {
    await this.service.dropUndo(database, id, caller);
    return this.present.droppedUndo();
  }
}
