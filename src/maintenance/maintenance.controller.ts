import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { MaintenanceDto, MaintenanceListDto } from './maintenance.dto.js';
import { MaintenanceService } from './maintenance.service.js';

@ApiTags('maintenance')
@Controller('api/v1/maintenance')
export class MaintenanceController {
  constructor(private readonly maintenance: MaintenanceService) {}

  /**
   * What must be left alone for the moment, so that an application can hold its writes or show a page. Projects are
   * shown to admins only; a project's members see theirs in its status.
   */
  @Get()
  @AnyUser()
  async list(@CurrentUser() caller: Caller): Promise<MaintenanceListDto> {
    const all = await this.maintenance.list();
    const shown = all.filter(({ projectId }) => projectId === null || caller.role !== 'user');
    return { maintenance: shown.map((lease) => MaintenanceDto.of(lease)), total: shown.length };
  }
}
