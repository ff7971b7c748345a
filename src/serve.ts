import type { NestExpressApplication } from '@nestjs/platform-express';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Logger } from 'pino';
import { createLog } from './common/http/logging.js';
import { loadSettings } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { createApp } from './create-app.js';
import { explain } from './explain.js';
import { holdDataFolder, type InstanceLock } from './persistence/instance-lock.js';

async function serve(): Promise<void> {
  const settings = loadSettings();
  const log = createLog(settings.env.HOLDFAST_LOG_LEVEL);
  // Before anything else is opened: a start marks as failed, and sweeps, what the last process left under way.
  const instance = holdDataFolder(settings.env.HOLDFAST_DATA_DIR);
  await mustBeFree(settings);
  const app = await createApp({ settings, log });
  stopOnSignals(app, log, instance);
  await listen(app, settings, log);
}

/** Before a catalogue is made, and a first password shown: the port is needed only at the end. */
async function mustBeFree({ env }: Settings): Promise<void> {
  const probe = createServer().listen(env.PORT, env.HOST);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

async function listen(app: NestExpressApplication, { env }: Settings, log: Logger): Promise<void> {
  await app.listen(env.PORT, env.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST;
  log.info({ url: `http://${host}:${port}`, port }, 'Holdfast listens');
}

/** The first signal lets what runs end; a second one ends at once. */
function stopOnSignals(app: NestExpressApplication, log: Logger, instance: InstanceLock): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'Holdfast stops when what runs has ended');
    // Nothing new comes in while Nest's hooks wait for running jobs.
    app.getHttpServer().close();
    app.close().then(
      () => {
        instance.release();
        log.info('Holdfast has stopped');
      },
      (error: unknown) => {
        log.fatal({ err: error }, 'Holdfast could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

serve().catch((error: unknown) => {
  process.stderr.write(`Holdfast could not start. ${explain(error)}\n`);
  process.exit(1);
});
