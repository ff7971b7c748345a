import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobsModule } from '../jobs/jobs.module.js';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { DatabasesController } from './databases.controller.js';
import { DatabasesPresenter } from './databases.presenter.js';
import { DatabasesService } from './databases.service.js';
import { ExclusiveWorkService } from './exclusive-work.service.js';
import { Registration } from './registration.entity.js';
import { KeyRotationService } from './key-rotation.service.js';
import { RegistrationsService } from './registrations.service.js';
import { KeyRing } from './secrets/key-ring.service.js';
import { SealedValue } from './secrets/sealed-value.entity.js';
import { SecretVault } from './secrets/vault.service.js';
import { TargetsService } from './targets.service.js';
import { RecoveryWatch } from './recovery-watch.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Registration, SealedValue]),
    EnginesModule,
    JobsModule,
    MaintenanceModule,
    ProjectScopeModule,
  ],
  controllers: [DatabasesController],
  providers: [
    KeyRing,
    SecretVault,
    DatabasesService,
    RegistrationsService,
    TargetsService,
    KeyRotationService,
    DatabasesPresenter,
    ExclusiveWorkService,
    RecoveryWatch,
  ],
  exports: [DatabasesService, KeyRing, KeyRotationService, ExclusiveWorkService, RecoveryWatch, SecretVault],
})
export class DatabasesModule {}
