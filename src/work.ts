import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Clock } from './common/clock.js';
import { createLog } from './common/http/logging.js';
import { NestLog } from './common/http/nest-log.js';
import { loadSettings } from './config/load-settings.js';
import { SettingsError } from './config/settings.js';
import { explain } from './explain.js';

/** The whole product without its HTTP door: does what services leave in Redis, beside them or on another machine. */
async function work(): Promise<void> {
  const settings = loadSettings('worker');
  if (!settings.env.HOLDFAST_REDIS_URL) {
    throw new SettingsError(
      'A worker needs HOLDFAST_REDIS_URL. Without Redis the service does its work itself, and needs no worker.',
    );
  }
  const log = createLog(settings.env.HOLDFAST_LOG_LEVEL);
  const app = await NestFactory.createApplicationContext(AppModule.with(settings, new Clock()), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  stopOnSignals(app, log);
  log.info({ at_once: settings.env.HOLDFAST_WORK_AT_ONCE }, 'Holdfast works');
}

/** The first signal lets what runs end; a second one ends at once. */
function stopOnSignals(app: INestApplicationContext, log: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'The worker stops when what runs has ended');
    app.close().then(
      () => log.info('The worker has stopped'),
      (error: unknown) => {
        log.fatal({ err: error }, 'The worker could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

work().catch((error: unknown) => {
  process.stderr.write(`The worker could not start. ${explain(error)}\n`);
  process.exit(1);
});
