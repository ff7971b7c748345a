import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobAudit } from './job-audit.js';
import { JobEvents } from './job-events.service.js';
import { JobLedger } from './job-ledger.service.js';
import { JobOutcomes } from './job-outcomes.service.js';
import { JobRows } from './job-rows.service.js';
import { JobRunner } from './job-runner.service.js';
import { JobSettlement } from './job-settlement.service.js';
import { JobEntity } from './job.entity.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { LaneClaim } from './lane-claim.entity.js';
import { LaneClaims } from './lane-claims.service.js';
import { LongWorkInterceptor } from './long-work.interceptor.js';
import { Operations } from './operations.service.js';
import { QueuedJobs } from './queued-jobs.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([JobEntity, LaneClaim])],
  controllers: [JobsController],
  providers: [
    JobAudit,
    JobEvents,
    JobLedger,
    JobOutcomes,
    JobRows,
    JobRunner,
    JobSettlement,
    JobsService,
    LaneClaims,
    Operations,
    QueuedJobs,
    { provide: APP_INTERCEPTOR, useClass: LongWorkInterceptor },
  ],
  exports: [JobLedger, JobSettlement, JobsService, Operations, QueuedJobs],
})
export class JobsModule {}
