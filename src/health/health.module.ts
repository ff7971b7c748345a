import { Module } from '@nestjs/common';
import { DatabasesModule } from '../databases/databases.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { OffsiteModule } from '../offsite/offsite.module.js';
import { RecoveryPointsModule } from '../recovery-points/recovery-points.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';
import { ReadinessService } from './readiness.service.js';

@Module({
  imports: [
    DatabasesModule,
    JobsModule,
    NotificationsModule,
    OffsiteModule,
    RecoveryPointsModule,
    StorageModule,
  ],
  controllers: [HealthController, MetricsController],
  providers: [MetricsService, ReadinessService],
})
export class HealthModule {}
