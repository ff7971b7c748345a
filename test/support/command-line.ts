import { NestFactory } from '@nestjs/core';
import { execa } from 'execa';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { AppModule } from '../../src/app.module.js';
import { runCommandLine } from '../../src/command-line/command-line.service.js';
import { Clock } from '../../src/common/clock.js';
import { jwtSecret } from './app.js';
import { grown } from './grown.js';

export interface CommandOutcome {
  code: number;
  out: string;
  err: string;
}

type Variables = Record<string, string>;

/** Runs `dist/cli.js` with its data and backups in `folder`, and nothing else from the environment. */
export async function commandProcess(
  folder: string,
  settings: Variables,
  ...words: string[]
): Promise<CommandOutcome> {
  const all = await settingsFor(folder, settings);
  const { exitCode, stdout, stderr } = await startCommand(folder, all, ...words);
  return { code: exitCode ?? -1, out: stdout, err: stderr };
}

/**
 * The same in this process, which a second of loading is spared; its log goes nowhere. Not beside a service of this
 * process: two that share a folder tell each other apart by their processes.
 */
export async function commandLine(
  folder: string,
  settings: Variables,
  ...words: string[]
): Promise<CommandOutcome> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(out), text(err)]);
  // Nobody is asked to confirm anything, also where a person runs the tests.
  Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
  const code = await runCommandLine([process.execPath, 'holdfast', ...words], {
    environment: await settingsFor(folder, settings),
    open: (given) =>
      NestFactory.createApplicationContext(AppModule.with(given, new Clock()), {
        logger: false,
        abortOnError: false,
      }),
    streams: { out, err },
  });
  out.end();
  err.end();
  const [stdout, stderr] = await said;
  return { code, out: stdout, err: stderr };
}

/** Still running: for signals. Takes its settings as they are, without `grown`. */
export function startCommand(folder: string, settings: Variables, ...words: string[]) {
  return execa(process.execPath, ['dist/cli.js', ...words], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: { PATH: process.env['PATH'], ...inFolder(folder), ...settings },
  });
}

async function settingsFor(folder: string, settings: Variables): Promise<Variables> {
  const shared = await grown(settings['HOLDFAST_DATA_DIR'] ?? `${folder}/data`);
  return { ...inFolder(folder), ...shared, ...settings };
}

function inFolder(folder: string): Variables {
  return {
    HOLDFAST_DATA_DIR: `${folder}/data`,
    HOLDFAST_BACKUP_DIR: `${folder}/backups`,
    HOLDFAST_JWT_SECRET: jwtSecret,
  };
}
