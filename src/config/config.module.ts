import { Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { loadSettings } from './load-settings.js';
import { Settings } from './settings.js';

/** Settings and the clock, for everybody. */
@Global()
@Module({
  providers: [Clock, { provide: Settings, useFactory: loadSettings }],
  exports: [Clock, Settings],
})
export class ConfigModule {}
