import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { catalogOptions } from './data-source.js';
import { OwnerService } from './owner.service.js';

/** The catalogue's connection; feature folders bring their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({ ...catalogOptions(settings), autoLoadEntities: true }),
    }),
  ],
  providers: [OwnerService],
  exports: [OwnerService],
})
export class PersistenceModule {}
