import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { OffsiteModule } from '../offsite/offsite.module.js';
import { RecoveryPointsModule } from '../recovery-points/recovery-points.module.js';
import { AbsenceWatch } from './absence-watch.service.js';
import { Channel } from './channel.entity.js';
import { ChannelsService } from './channels.service.js';
import { Mailer } from './channels/mailer.service.js';
import { Sender } from './channels/sender.service.js';
import { CopyWatch } from './copy-watch.service.js';
import { Courier } from './courier.service.js';
import { Delivery } from './delivery.entity.js';
import { JobWatch } from './job-watch.service.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsPresenter } from './notifications.presenter.js';
import { Outbox } from './outbox.service.js';
import { ScopeState } from './scope-state.entity.js';
import { ScopeStates } from './scope-states.service.js';
import { UnstartedBackups } from './unstarted-backups.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Channel, Delivery, ScopeState]),
    CatalogModule,
    DatabasesModule,
    JobsModule,
    OffsiteModule,
    RecoveryPointsModule,
  ],
  controllers: [NotificationsController],
  providers: [
    AbsenceWatch,
    ChannelsService,
    CopyWatch,
    Courier,
    JobWatch,
    Mailer,
    NotificationsPresenter,
    Outbox,
    ScopeStates,
    Sender,
    UnstartedBackups,
  ],
  exports: [Outbox, ScopeStates, UnstartedBackups],
})
export class NotificationsModule {}
