import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProjectRoles } from '../../auth/auth.decorators.js';
import { DatabaseName } from '../../common/http/database-name.decorator.js';
import { projectRoutes } from '../../projects/projects.types.js';
import { ProjectCopyListDto } from './project-copies.dto.js';
import { ProjectCopiesPresenter } from './project-copies.presenter.js';
import { ProjectCopiesService } from './project-copies.service.js';

@ApiTags('project backups')
@Controller(projectRoutes('/:id/backup/copies'))
export class ProjectCopiesController {
  constructor(
    private readonly service: ProjectCopiesService,
    private readonly present: ProjectCopiesPresenter,
  ) {}

  /** The projects that were made of backups of this one, newest first. */
  @Get()
  @ProjectRoles('admin')
  async list(@DatabaseName() database: string, @Param('id') id: string): Promise<ProjectCopyListDto> {
    return this.present.list(await this.service.list(database, id));
  }

  /** Every id that became another one in a copy, as lines of JSON: `{"table","column","old","new"}`. */
  @Get(':copy/map')
  @ProjectRoles('admin')
  @ApiProduces('application/x-ndjson')
  async map(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('copy') copy: string,
    @Res() response: Response,
  ): Promise<void> {
    const pairs = await this.service.map(database, id, copy);
    response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
    response.setHeader('Cache-Control', 'private, no-store');
    await pipeline(Readable.from(lines(pairs)), response);
  }
}

async function* lines(pairs: AsyncIterable<unknown>): AsyncGenerator<string> {
  let batch: string[] = [];
  for await (const pair of pairs) {
    batch.push(`${JSON.stringify(pair)}\n`);
    if (batch.length < 500) continue;
    yield batch.join('');
    batch = [];
  }
  if (batch.length > 0) yield batch.join('');
}
