import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../auth/auth.decorators.js';
import { ScopeDto } from './scope.dto.js';
import { ScopeReports } from './scope.service.js';

@ApiTags('Projects')
@Controller('api/v1/projects/scope')
export class ScopeController {
  constructor(private readonly reports: ScopeReports) {}

  /**
   * Which tables are a project's and by which way, which are everybody's, and which nobody has placed yet, with the number of
   * their rows. Look at it before you rely on project backups.
   */
  @Get()
  @Roles('admin')
  get(): Promise<ScopeDto> {
    return this.reports.of('default');
  }
}
