import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from './audit/audit.module.js';
import { AuthGuard } from './auth/auth.guard.js';
import { AuthModule } from './auth/auth.module.js';
import { Clock } from './common/clock.js';
import { ConfigModule } from './config/config.module.js';
import { Settings } from './config/settings.js';
import { DownloadLinksModule } from './download-links/download-links.module.js';
import { ElsewhereModule } from './offsite/elsewhere.module.js';
import { DumpsModule } from './dumps/dumps.module.js';
import { FullBackupsModule } from './full-backups/full-backups.module.js';
import { HealthModule } from './health/health.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { RedisQueueModule } from './jobs/redis/redis-queue.module.js';
import { MaintenanceModule } from './maintenance/maintenance.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { ProjectBackupsModule } from './project-backups/project-backups.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { RecoveryPointsModule } from './recovery-points/recovery-points.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';

@Module({
  imports: [
    PersistenceModule,
    AuditModule,
    AuthModule,
    ProjectsModule,
    JobsModule,
    MaintenanceModule,
    DownloadLinksModule,
    ElsewhereModule,
    DumpsModule,
    FullBackupsModule,
    ProjectBackupsModule,
    SchedulesModule,
    RecoveryPointsModule,
    NotificationsModule,
    HealthModule,
  ],
  providers: [{ provide: APP_GUARD, useClass: AuthGuard }],
})
export class AppModule {
  static with(settings: Settings, clock: Clock): DynamicModule {
    const { HOLDFAST_REDIS_URL: redis } = settings.env;
    const queue = redis ? [RedisQueueModule.with(redis)] : [];
    return { module: AppModule, imports: [ConfigModule.with(settings, clock), ...queue] };
  }
}
