import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { type BackupStatus, shownStatuses } from '../catalog/catalog.types.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { badInput } from '../common/http/validation.js';
import {
  DatabaseBackupsDto,
  OneDatabaseBackupDto,
  ScheduleBackupDto,
  ScheduledBackupDto,
} from './database-backups.dto.js';
import { DatabaseBackupsPresenter } from './database-backups.presenter.js';
import { DatabaseBackupsService } from './database-backups.service.js';

const lists = { sort: ['created_at'], filter: ['status'] } as const;

@ApiTags('backups of many databases')
@Controller('api/databases/:db/backups')
@AnyUser()
export class DatabaseBackupsController {
  constructor(
    private readonly service: DatabaseBackupsService,
    private readonly present: DatabaseBackupsPresenter,
  ) {}

  /** All backups of the database, also those that wait, run or failed; newest first. */
  @Get()
  @ApiPaged(lists)
  async list(@Param('db') database: string, @Query() query: PageQuery): Promise<DatabaseBackupsDto> {
    const { offset, limit, descending, filter } = readPage(query, lists);
    const status = filter.status === undefined ? {} : { status: statusFrom(filter.status) };
    const page = { offset, limit, oldestFirst: !descending, ...status };
    const [backups, total] = await this.service.list(database, page);
    return { database_backups: backups.map((backup) => this.present.backup(backup)), total };
  }

  /** Asks for a backup; the answer comes before it begins. */
  @Post()
  async schedule(
    @Param('db') database: string,
    @Body() { description = null, include_documents: withDocuments = false }: ScheduleBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<ScheduledBackupDto> {
    const { scheduled, jobId } = await this.service.schedule(database, description, caller, {
      withDocuments,
    });
    return { database_backup: this.present.backup(scheduled), job_id: jobId };
  }

  /** One backup, whatever became of it. */
  @Get(':id')
  async get(@Param('db') database: string, @Param('id') id: string): Promise<OneDatabaseBackupDto> {
    return { database_backup: this.present.backup(await this.service.get(database, id)) };
  }
}

function statusFrom(text: string): BackupStatus {
  const status = shownStatuses.find((known) => known === text);
  if (status) return status;
  const message = `filter[status] must be one of ${shownStatuses.join(', ')}`;
  throw badInput([{ field: 'filter[status]', message }]);
}
