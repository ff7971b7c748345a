import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { Settings } from '../config/settings.js';
import { projectRoutes } from './projects.types.js';
import { AcceptScopeDto, ScopeDto } from './scope.dto.js';
import { ScopeReports } from './scope.service.js';

@ApiTags('Projects')
@Controller(projectRoutes('/scope'))
export class ScopeController {
  constructor(
    private readonly reports: ScopeReports,
    private readonly settings: Settings,
  ) {}

  /**
   * Which tables are a project's and by which way, which are everybody's, and which nobody has placed yet, with the number of
   * their rows. Look at it before you rely on project backups.
   */
  @Get()
  @Roles('admin')
  async get(@DatabaseName() database: string): Promise<ScopeDto> {
    return ScopeDto.of(await this.reports.of(database), this.settings.env.HOLDFAST_TIMEZONE);
  }

  /**
   * Accepts the scope as you have seen it; answers it as it is then. Tables and columns that come later, and tables that change
   * their place, make project backups partial until somebody accepts again. 409 when it is another one by now.
   */
  @Post('accept')
  @Roles('admin')
  @HttpCode(200)
  async accept(
    @DatabaseName() database: string,
    @Body() { digest }: AcceptScopeDto,
    @CurrentUser() caller: Caller,
  ): Promise<ScopeDto> {
    await this.reports.accept(database, digest, caller);
    return this.get(database);
  }
}
