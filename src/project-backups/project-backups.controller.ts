import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser, ProjectRoles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { ProjectUndosService } from '../catalog/project-undos.service.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { sendFile } from '../common/http/send-file.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { projectRoutes } from '../projects/projects.types.js';
import { VerifiedDto, VerifyBackupDto } from '../verification/verification.dto.js';
import {
  CreateProjectBackupDto,
  ProjectBackupCreatedDto,
  ProjectBackupDeletedDto,
  ProjectBackupListDto,
  ProjectBackupStatusDto,
  PreviewProjectDto,
  ProjectPreviewDto,
  ProjectRestoredDto,
  ProjectUndoListDto,
  RestoreProjectDto,
} from './project-backups.dto.js';
import { ProjectBackupOperations } from './project-backup-operations.js';
import { ProjectBackupsPresenter } from './project-backups.presenter.js';
import { ProjectBackupsService } from './project-backups.service.js';
import { ProjectCopiesService } from './copies/project-copies.service.js';
import { choicesOf } from './restore-choices.js';

const lists = { sort: ['created_at'], filter: [] } as const;

@ApiTags('project backups')
@Controller(projectRoutes('/:id/backup'))
export class ProjectBackupsController {
  constructor(
    private readonly service: ProjectBackupsService,
    private readonly operations: ProjectBackupOperations,
    private readonly copies: ProjectCopiesService,
    private readonly undoing: ProjectUndosService,
    private readonly present: ProjectBackupsPresenter,
  ) {}

  /** Backs up one project's rows. Answers when the backup is stored, or at once with `Prefer: respond-async`. */
  @Post()
  @HttpCode(200)
  @ProjectRoles('admin')
  @ApiOkResponse({ type: ProjectBackupCreatedDto })
  create(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Body() body: CreateProjectBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<ProjectBackupCreatedDto>> {
    const description = body.description ?? null;
    return this.operations.create({ database, project: id, description }, caller);
  }

  /** The project's backups, newest first. */
  @Get()
  @ProjectRoles('member')
  @ApiPaged(lists)
  async list(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<ProjectBackupListDto> {
    const { offset, limit, descending } = readPage(query, lists);
    const found = await this.service.list(database, id, { offset, limit, oldestFirst: !descending });
    return this.present.list(database, id, found);
  }

  /** What a backup of this project would hold, and what backups there are. */
  @Get('status')
  @ProjectRoles('member')
  async status(@DatabaseName() database: string, @Param('id') id: string): Promise<ProjectBackupStatusDto> {
    return this.present.status(id, await this.service.status(database, id));
  }

  /** What restores have replaced and can be put back: backups of the project that are kept for some days. */
  @Get('undo')
  @ProjectRoles('admin')
  async undos(@DatabaseName() database: string, @Param('id') id: string): Promise<ProjectUndoListDto> {
    return this.present.undos(await this.undoing.list({ database, projectId: id }));
  }

  /** Puts back what a restore had replaced; what is there now becomes a new undo. */
  @Post('undo/:undo/restore')
  @HttpCode(200)
  @ProjectRoles('admin')
  @ApiOkResponse({ type: ProjectRestoredDto })
  async putBack(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('undo') undo: string,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<ProjectRestoredDto>> {
    const { filename } = await this.undoing.get({ database, projectId: id }, undo);
    const request = { filename } as RestoreProjectDto;
    return this.operations.restore({ database, project: id, request }, caller);
  }

  /** What a restore would do, without doing it. The plan holds for an hour; `restore` can be held to it. */
  @Post('preview')
  @HttpCode(200)
  @ProjectRoles('admin')
  async preview(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Body() body: PreviewProjectDto,
    @CurrentUser() caller: Caller,
  ): Promise<ProjectPreviewDto> {
    const { filename } = body;
    const choices = choicesOf(body);
    if (choices.mode === 'copy') {
      return this.present.previewCopy(await this.copies.preview(database, id, { filename, choices }, caller));
    }
    return this.present.preview(await this.service.preview(database, id, { filename, choices }, caller));
  }

  /** Makes the project what it was, or a copy beside it, in one transaction that touches nobody else's rows. */
  @Post('restore')
  @HttpCode(200)
  @ProjectRoles('admin')
  @ApiOkResponse({ type: ProjectRestoredDto })
  restore(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Body() request: RestoreProjectDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<ProjectRestoredDto>> {
    return this.operations.restore({ database, project: id, request }, caller);
  }

  /** Proves what a backup is worth; live is not touched. What is found damaged is kept as such, and answers 422. */
  @Post(':filename/verify')
  @HttpCode(200)
  @ProjectRoles('admin')
  @ApiOkResponse({ type: VerifiedDto })
  verify(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('filename') filename: string,
    @Body() { level = 'restorable', copies = false }: VerifyBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<VerifiedDto>> {
    return this.operations.verify({ database, project: id, filename, level, copies }, caller);
  }

  /** The JSON file; ranges and conditional requests work. */
  @Get(':filename/download')
  @ProjectRoles('admin')
  async download(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const { backup, path } = await this.service.file(database, id, filename, caller);
    await sendFile(response, path, backup);
  }

  /** Removes a backup and its manifest for good. */
  @Delete(':filename')
  @ProjectRoles('admin')
  async remove(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('filename') filename: string,
    @CurrentUser() caller: Caller,
  ): Promise<ProjectBackupDeletedDto> {
    return this.present.deleted(await this.service.remove(database, id, filename, caller));
  }
}
