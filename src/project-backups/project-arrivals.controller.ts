import { Body, Controller, HttpCode, Param, Post, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, ProjectRoles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { badInput } from '../common/http/validation.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { projectRoutes } from '../projects/projects.types.js';
import { ProjectArrivalsService } from './project-arrivals.service.js';
import {
  CreateProjectBackupDto,
  ExtractProjectDto,
  ProjectBackupCreatedDto,
  UploadProjectDto,
} from './project-backups.dto.js';
import { ProjectBackupOperations } from './project-backup-operations.js';
import { ProjectBackupsPresenter } from './project-backups.presenter.js';
import type { ReceivedFile } from './upload-storage.js';

@ApiTags('project backups')
@Controller(projectRoutes('/:id/backup'))
export class ProjectArrivalsController {
  constructor(
    private readonly service: ProjectArrivalsService,
    private readonly operations: ProjectBackupOperations,
    private readonly catalog: CatalogService,
    private readonly present: ProjectBackupsPresenter,
  ) {}

  /**
   * Takes in a project backup from elsewhere: a JSON file of this project, as it was downloaded. It is checked while it
   * arrives, and its rows are restored into copies of the project's tables before it counts as a backup.
   */
  @Post('upload')
  @HttpCode(201)
  @ProjectRoles('admin')
  @UseInterceptors(FileInterceptor('file'))
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadProjectDto })
  @ApiCreatedResponse({ type: ProjectBackupCreatedDto })
  upload(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @UploadedFile() file: (Express.Multer.File & { received: ReceivedFile }) | undefined,
    @Body() body: CreateProjectBackupDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<ProjectBackupCreatedDto>> {
    if (!file) {
      throw badInput([
        { field: 'file', message: 'must be a project backup, sent as a file in multipart/form-data' },
      ]);
    }
    const description = body.description ?? 'Uploaded';
    return this.service.upload(database, id, file.received, description, caller, async (backup) =>
      this.present.created(await this.catalog.listed(backup)),
    );
  }

  /** Makes a backup of this project out of a full backup, which any full backup is a restore point for. */
  @Post('extract')
  @HttpCode(200)
  @ProjectRoles('admin')
  @ApiOkResponse({ type: ProjectBackupCreatedDto })
  extract(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Body() body: ExtractProjectDto,
    @CurrentUser() caller: Caller,
  ): Promise<StartedJob<ProjectBackupCreatedDto>> {
    const request = { database, project: id, fullFilename: body.full_filename };
    return this.operations.extract(request, caller);
  }
}
