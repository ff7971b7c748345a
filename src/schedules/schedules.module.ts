import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabasesModule } from '../databases/databases.module.js';
import { FullBackupsModule } from '../full-backups/full-backups.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { ProjectBackupsModule } from '../project-backups/project-backups.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { SchedulePoliciesModule } from './schedule-policies.module.js';
import { ScheduleRetention } from './schedule-retention.service.js';
import { ScheduleTurns } from './schedule-turns.js';
import { Schedule } from './schedule.entity.js';
import { SchedulerService } from './scheduler.service.js';
import { SchedulesController } from './schedules.controller.js';
import { SchedulesPresenter } from './schedules.presenter.js';
import { SchedulesService } from './schedules.service.js';
import { StartOccurrence } from './start-occurrence.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Schedule]),
    DatabasesModule,
    FullBackupsModule,
    JobsModule,
    NotificationsModule,
    ProjectBackupsModule,
    RetentionModule,
    SchedulePoliciesModule,
  ],
  controllers: [SchedulesController],
  providers: [
    ScheduleRetention,
    SchedulerService,
    SchedulesPresenter,
    SchedulesService,
    ScheduleTurns,
    StartOccurrence,
  ],
})
export class SchedulesModule {}
