import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { DomainError } from '../common/errors.js';
import { JobDto } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

@ApiTags('jobs')
@Controller('api/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  /** The state of a run; for who started it, and for admins. */
  @Get(':id')
  @AnyUser()
  async show(@Param('id') id: string, @CurrentUser() caller: Caller): Promise<JobDto> {
    const job = await this.jobs.find(id);
    const visible = job && (job.createdBy === caller.id || caller.role !== 'user');
    if (!visible) throw new DomainError('not-found', 'There is no such job.');
    return JobDto.of(job);
  }
}
