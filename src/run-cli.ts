import { NestFactory } from '@nestjs/core';
import pretty from 'pino-pretty';
import { AppModule } from './app.module.js';
import { runCommandLine } from './command-line/command-line.service.js';
import { Clock } from './common/clock.js';
import { errorCodeOf } from './common/errors.js';
import { createLog } from './common/http/logging.js';
import { NestLog } from './common/http/nest-log.js';
import { readEnvironment } from './config/load-settings.js';

/** stdout is for results. */
const toStderr = pretty({
  destination: 2,
  sync: true,
  colorize: process.stderr.isTTY,
  ignore: 'time,context',
});

// `list | head`: who reads may have had enough. What the command does goes on all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (errorCodeOf(error) !== 'EPIPE') throw error;
  });
}

/** The whole product without its HTTP door. */
process.exitCode = await runCommandLine(process.argv, {
  environment: readEnvironment(),
  open: (settings) =>
    NestFactory.createApplicationContext(AppModule.with(settings, new Clock()), {
      logger: new NestLog(createLog(settings.env.HOLDFAST_LOG_LEVEL, toStderr)),
      abortOnError: false,
    }),
});
