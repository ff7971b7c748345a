import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ArtefactsService } from './artefacts.service.js';

@Module({ imports: [StorageModule], providers: [ArtefactsService], exports: [ArtefactsService] })
export class ArtefactsModule {}
