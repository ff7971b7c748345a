import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { sendFile } from '../common/http/send-file.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { DeletedDto } from './full-backups.dto.js';
import { FullBackupOperations } from './full-backup-operations.js';
import { FullBackupsService } from './full-backups.service.js';
import { CreateOffsiteBackupDto, OffsiteBackupDto, OffsiteBackupListDto } from './offsite-backups.dto.js';
import { OffsiteBackupsPresenter } from './offsite-backups.presenter.js';
import { OffsiteBackupsService } from './offsite-backups.service.js';

const lists = { sort: ['created_at'], filter: [] } as const;

/** Section 5 of the HTTP contract: backups of `default` that have ended when they are copied elsewhere. */
@ApiTags('offsite backups')
@Controller('api/backup')
@Roles('admin')
export class OffsiteBackupsController {
  constructor(
    private readonly service: OffsiteBackupsService,
    private readonly backups: FullBackupsService,
    private readonly operations: FullBackupOperations,
    private readonly present: OffsiteBackupsPresenter,
  ) {}

  /** Backs up the whole database and copies the backup to every place that is configured. Answers when that is done. */
  @Post('create')
  @ApiCreatedResponse({ type: OffsiteBackupDto })
  create(
    @Body() { description = null, includeDocuments = true }: CreateOffsiteBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<OffsiteBackupDto>> {
    return this.operations.createOffsite({ description, withDocuments: includeDocuments }, caller);
  }

  /** The finished backups, newest first, with where they are copied to. */
  @Get('list')
  @ApiPaged(lists)
  async list(@Query() query: PageQuery): Promise<OffsiteBackupListDto> {
    const { offset, limit, descending } = readPage(query, lists);
    const listed = await this.service.list({ offset, limit, oldestFirst: !descending });
    return this.present.list(listed, await this.service.placeStats());
  }

  /** The bytes of the artefact, fetched from a copy if the backup folder has it no more. */
  @Get('download/:backupId')
  async download(
    @Param('backupId') id: string,
    @CurrentUser() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const filename = await this.service.filename(id);
    const { backup, path } = await this.backups.file('default', filename, caller);
    await sendFile(response, path, backup);
  }

  /** Removes a backup and every copy of it. */
  @Delete(':backupId')
  async remove(@Param('backupId') id: string, @CurrentUser() caller: Caller): Promise<DeletedDto> {
    const { backup, left } = await this.service.remove(id, caller);
    const rest = left === 0 ? '' : ` ${left} of its copies will go as soon as their places can be reached.`;
    return {
      success: true,
      status: 'deleted',
      message: `The backup ${backup.filename} was deleted.${rest}`,
    };
  }
}
