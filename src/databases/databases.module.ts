import { Module } from '@nestjs/common';
import { EnginesModule } from '../engines/engines.module.js';
import { DatabasesService } from './databases.service.js';

@Module({ imports: [EnginesModule], providers: [DatabasesService], exports: [DatabasesService] })
export class DatabasesModule {}
