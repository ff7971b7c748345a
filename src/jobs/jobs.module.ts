import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobAudit } from './job-audit.js';
import { JobEntity } from './job.entity.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { LongWorkInterceptor } from './long-work.interceptor.js';

@Module({
  imports: [TypeOrmModule.forFeature([JobEntity])],
  controllers: [JobsController],
  providers: [JobAudit, JobsService, { provide: APP_INTERCEPTOR, useClass: LongWorkInterceptor }],
  exports: [JobsService],
})
export class JobsModule {}
