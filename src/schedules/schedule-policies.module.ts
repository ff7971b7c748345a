import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabasesModule } from '../databases/databases.module.js';
import { RetentionPolicies } from '../retention/retention.types.js';
import { SchedulePolicies } from './schedule-policies.js';
import { Schedule } from './schedule.entity.js';

/**
 * Global because retention/, below, asks for RetentionPolicies without knowing who answers. A module of its own: that of
 * the schedules needs the backups, which need retention.
 */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Schedule]), DatabasesModule],
  providers: [SchedulePolicies, { provide: RetentionPolicies, useExisting: SchedulePolicies }],
  exports: [SchedulePolicies, RetentionPolicies],
})
export class SchedulePoliciesModule {}
