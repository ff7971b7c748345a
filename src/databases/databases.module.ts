import { Module } from '@nestjs/common';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { DatabasesService } from './databases.service.js';
import { ExclusiveWorkService } from './exclusive-work.service.js';
import { RecoveryWatch } from './recovery-watch.service.js';

@Module({
  imports: [EnginesModule, MaintenanceModule, ProjectScopeModule],
  providers: [DatabasesService, ExclusiveWorkService, RecoveryWatch],
  exports: [DatabasesService, ExclusiveWorkService, RecoveryWatch],
})
export class DatabasesModule {}
