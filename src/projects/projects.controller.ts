import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { ProjectListDto } from './projects.dto.js';
import { jsonProjectId, projectRoutes } from './projects.types.js';
import { VisibleProjects } from './visible-projects.js';

const listOptions = { sort: ['id', 'name'], filter: [] } as const;

@ApiTags('Projects')
@Controller(projectRoutes())
export class ProjectsController {
  constructor(private readonly visible: VisibleProjects) {}

  /** The projects that the caller may see, with the caller's role in each. */
  @Get()
  @AnyUser()
  @ApiPaged(listOptions)
  async list(
    @DatabaseName() database: string,
    @CurrentUser() caller: Caller,
    @Query() query: PageQuery,
  ): Promise<ProjectListDto> {
    const { projects, total } = await this.visible.list(caller, database, readPage(query, listOptions));
    return { projects: projects.map((project) => ({ ...project, id: jsonProjectId(project.id) })), total };
  }
}
