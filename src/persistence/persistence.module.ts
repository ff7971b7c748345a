import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { catalogOptions } from './data-source.js';
import { OwnerService } from './owner.service.js';
import { ProcessEntity } from './process.entity.js';
import { ProcessesService } from './processes.service.js';

/** The catalogue's connection; feature folders bring their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        ...catalogOptions(settings),
        autoLoadEntities: true,
        // A service waits for its catalogue to come up; somebody in front of a terminal does not.
        ...(settings.purpose === 'command' && { retryAttempts: 0 }),
      }),
    }),
    TypeOrmModule.forFeature([ProcessEntity]),
  ],
  providers: [OwnerService, ProcessesService],
  exports: [OwnerService, ProcessesService],
})
export class PersistenceModule {}
