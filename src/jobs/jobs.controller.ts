import { Controller, Get, HttpCode, type MessageEvent, Param, Post, Sse, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import { AnyUser, CurrentUser } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { JobEvents } from './job-events.service.js';
import { JobDto } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';
import { VisibleJobGuard } from './visible-job.guard.js';

/** For who started a job, and for admins; to anybody else there is no such job. */
@ApiTags('jobs')
@Controller('api/jobs/:id')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly events: JobEvents,
  ) {}

  /** The state of a run. */
  @Get()
  @AnyUser()
  async show(@Param('id') id: string, @CurrentUser() caller: Caller): Promise<JobDto> {
    return JobDto.of(await this.jobs.visible(id, caller));
  }

  /** The state of a run, each time that it changes: `job` events until it has ended. */
  @Sse('events')
  @UseGuards(VisibleJobGuard)
  @AnyUser()
  async watch(@Param('id') id: string, @CurrentUser() caller: Caller): Promise<Observable<MessageEvent>> {
    return this.events.of(await this.jobs.visible(id, caller));
  }

  /** Ends a run before its time. What it has begun is undone; 409 when it has ended already. */
  @Post('cancel')
  @HttpCode(200)
  @AnyUser()
  async cancel(@Param('id') id: string, @CurrentUser() caller: Caller): Promise<JobDto> {
    const job = await this.jobs.visible(id, caller);
    return JobDto.of((await this.jobs.cancel(job, caller)) ?? job);
  }
}
