import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { VerifiedDto, VerifyBackupDto } from '../verification/verification.dto.js';
import { ScheduledRestoreDto } from './database-backups.dto.js';
import { DatabaseBackupsPresenter } from './database-backups.presenter.js';
import { DatabaseBackupsService } from './database-backups.service.js';
import { DeletedDto, RestoreNamedBackupDto } from './full-backups.dto.js';
import { FullBackupOperations } from './full-backup-operations.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';

/** What can be done with one backup of any database. */
@ApiTags('backups of many databases')
@Controller('api/databases/:db/backups/:id')
export class DatabaseBackupWorkController {
  constructor(
    private readonly service: DatabaseBackupsService,
    private readonly operations: FullBackupOperations,
    private readonly present: DatabaseBackupsPresenter,
    private readonly presentFull: FullBackupsPresenter,
  ) {}

  /**
   * Asks for a restore; the answer comes before it begins, and its job tells the outcome. What it replaces is kept as an undo
   * (GET /api/databases/{db}/undo). Refused with 409 while something else runs on the database.
   */
  @Post('restore')
  @Roles('superadmin')
  async restore(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() { keep_nothing = false, include_documents = true }: RestoreNamedBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<ScheduledRestoreDto> {
    const backup = await this.service.finished(database, id);
    const { filename } = backup;
    const choice = { filename, keepNothing: keep_nothing, withDocuments: include_documents };
    const job = await this.operations.restore({ database, ...choice }, caller);
    return { restore: this.present.restore(backup, job.id, keep_nothing), job_id: job.id };
  }

  /** Proves what a backup is worth; live is not touched. What is found damaged is kept as such, and answers 422. */
  @Post('verify')
  @HttpCode(200)
  @Roles('admin')
  @ApiOkResponse({ type: VerifiedDto })
  async verify(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() { level = 'restorable', copies = false }: VerifyBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<VerifiedDto>> {
    const { filename } = await this.service.finished(database, id);
    return this.operations.verify({ database, filename, level, copies }, caller);
  }

  /** Removes a backup and its files for good; of one that failed, what the list says of it. */
  @Delete()
  @Roles('superadmin')
  async remove(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<DeletedDto> {
    return this.presentFull.deleted(await this.service.remove(database, id, caller));
  }
}
