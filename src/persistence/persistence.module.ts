import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { catalogOptions } from './data-source.js';

/** The catalogue's connection; feature folders bring their entities with `TypeOrmModule.forFeature`. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({ ...catalogOptions(settings), autoLoadEntities: true }),
    }),
  ],
})
export class PersistenceModule {}
