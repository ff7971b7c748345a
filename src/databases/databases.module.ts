import { Module } from '@nestjs/common';
import { EnginesModule } from '../engines/engines.module.js';
import { DatabasesService } from './databases.service.js';
import { ExclusiveWorkService } from './exclusive-work.service.js';

@Module({
  imports: [EnginesModule],
  providers: [DatabasesService, ExclusiveWorkService],
  exports: [DatabasesService, ExclusiveWorkService],
})
export class DatabasesModule {}
