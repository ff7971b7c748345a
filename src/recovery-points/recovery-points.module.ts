import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogModule } from '../catalog/catalog.module.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { RecoveryPointsController } from './recovery-points.controller.js';
import { RecoveryPointsService } from './recovery-points.service.js';
import { RecoveryTarget } from './recovery-target.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([RecoveryTarget]), CatalogModule, DatabasesModule],
  controllers: [RecoveryPointsController],
  providers: [RecoveryPointsService],
  exports: [RecoveryPointsService],
})
export class RecoveryPointsModule {}
