import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AnyUser, CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { sendFile } from '../common/http/send-file.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { VerifiedDto, VerifyBackupDto } from '../verification/verification.dto.js';
import {
  BackupCreatedDto,
  BackupListDto,
  CreateBackupDto,
  DeletedDto,
  RestoreBackupDto,
  RestoreNamedBackupDto,
  RestoredDto,
} from './full-backups.dto.js';
import { FullBackupOperations } from './full-backup-operations.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';

/** The contract names the file here; backups of any database are asked for by their ids (database-backups.controller.ts). */
const database = 'default';
const lists = { sort: ['created_at'], filter: [] } as const;

@ApiTags('full backups')
@Controller('api/v1/backup')
export class FullBackupsController {
  constructor(
    private readonly service: FullBackupsService,
    private readonly operations: FullBackupOperations,
    private readonly present: FullBackupsPresenter,
  ) {}

  /** Backs up the whole database. Answers when the backup is stored, or at once with `Prefer: respond-async`. */
  @Post()
  @HttpCode(200)
  @AnyUser()
  @ApiOkResponse({ type: BackupCreatedDto })
  create(
    @Body() body: CreateBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<BackupCreatedDto>> {
    const { description = null, include_documents: withDocuments = false } = body;
    return this.operations.create({ database, description, withDocuments }, caller);
  }

  /** The finished backups, newest first. */
  @Get()
  @AnyUser()
  @ApiPaged(lists)
  async list(@Query() query: PageQuery): Promise<BackupListDto> {
    const { offset, limit, descending } = readPage(query, lists);
    return this.present.list(
      database,
      await this.service.list(database, { offset, limit, oldestFirst: !descending }),
    );
  }

  /**
   * Restores the database: staged, compared and swapped in; what it replaces is kept as an undo. With `keep_nothing` what
   * is live is dropped instead, for a database that is broken.
   */
  @Post('restore')
  @HttpCode(200)
  @Roles('superadmin')
  @ApiOkResponse({ type: RestoredDto })
  restore(@Body() body: RestoreBackupDto, @CurrentUser() caller: Caller): Promise<StartedJob<RestoredDto>> {
    return this.#restore(body.filename, body, caller);
  }

  /** The same, with the file name in the path. */
  @Post(':filename/restore')
  @HttpCode(200)
  @Roles('superadmin')
  @ApiOkResponse({ type: RestoredDto })
  restoreNamed(
    @Param('filename') filename: string,
    @Body() body: RestoreNamedBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<RestoredDto>> {
    return this.#restore(filename, body, caller);
  }

  #restore(
    filename: string,
    { keep_nothing: keepNothing = false, include_documents: withDocuments = true }: RestoreNamedBackupDto,
    caller: Caller,
  ): Promise<StartedJob<RestoredDto>> {
    return this.operations.restore({ database, filename, keepNothing, withDocuments }, caller);
  }

  /** Proves what a backup is worth; live is not touched. What is found damaged is kept as such, and answers 422. */
  @Post(':filename/verify')
  @HttpCode(200)
  @Roles('admin')
  @ApiOkResponse({ type: VerifiedDto })
  verify(
    @Param('filename') filename: string,
    @Body() { level = 'restorable', copies = false }: VerifyBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<VerifiedDto>> {
    return this.operations.verify({ database, filename, level, copies }, caller);
  }

  /** The bytes of the artefact; ranges and conditional requests work. */
  @Get(':filename/download')
  @Roles('admin')
  async download(
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const { backup, path } = await this.service.file(database, filename, caller);
    await sendFile(response, path, backup);
  }

  /** Removes a backup and its manifest for good. */
  @Delete(':filename')
  @Roles('superadmin')
  async remove(@Param('filename') filename: string, @CurrentUser() caller: Caller): Promise<DeletedDto> {
    return this.present.deleted(await this.service.remove(database, filename, caller));
  }
}
