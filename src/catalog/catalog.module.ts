import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../storage/storage.module.js';
import { BackupEntity } from './backup.entity.js';
import { CatalogService } from './catalog.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([BackupEntity]), StorageModule],
  providers: [CatalogService],
  exports: [CatalogService],
})
export class CatalogModule {}
