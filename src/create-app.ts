import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Clock } from './common/clock.js';
import { jsonBodyOnly } from './common/http/json-body.js';
import { createLog } from './common/http/logging.js';
import { NestLog } from './common/http/nest-log.js';
import { ProblemFilter } from './common/http/problem.filter.js';
import { requestContext } from './common/http/request-context.js';
import { requestLog } from './common/http/request-log.js';
import { limitServer, limitSlowBody } from './common/http/server-limits.js';
import { validationPipe } from './common/http/validation.js';
import { loadSettings } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { serveApiDescription } from './openapi.js';

export interface AppOptions {
  settings?: Settings;
  clock?: Clock;
  log?: Logger;
}

/** Whether there is TLS is for the proxy in front to say: without one, /docs must work over plain HTTP. */
const headers = { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } };

/** The whole service, ready to listen. Throws SettingsError. */
export async function createApp({
  settings = loadSettings(),
  clock = new Clock(),
  log = createLog(settings.env.HOLDFAST_LOG_LEVEL),
}: AppOptions = {}): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings, clock), {
    logger: new NestLog(log),
    abortOnError: false,
    bodyParser: false,
  });
  limitServer(app.getHttpServer());
  app.disable('x-powered-by');
  app.set('query parser', 'extended');
  app.use(requestContext, requestLog(log), limitSlowBody, helmet(headers));
  app.use(jsonBodyOnly);
  app.useBodyParser('json', { limit: '1mb' });
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(validationPipe());
  serveApiDescription(app);
  return app;
}
