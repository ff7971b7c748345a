import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { atEnd, Expected } from '../../scripts/lib/lifetime.mjs';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { endProcess } from '../../scripts/lib/processes.mjs';
import { startService } from '../../scripts/lib/service.mjs';

const keptLines = 20;

/** Two services that only take orders, each with a data folder of its own. */
export function startServices(folder, settings) {
  const start = (name) =>
    startService({ ...settings, ...ownFolder(folder, name), HOLDFAST_WORK_AT_ONCE: '0' });
  // One after the other: the first one makes the catalogue and the first user.
  return start('service-1').then(async (first) => [first, await start('service-2')]);
}

/** A worker that can be killed, and stands up again on its data folder. */
export class Worker {
  #child;
  #lines = [];

  constructor(folder, name, settings) {
    this.name = name;
    this.settings = { ...settings, ...ownFolder(folder, name) };
    this.dataFolder = this.settings.HOLDFAST_DATA_DIR;
    atEnd(() => this.stop());
  }

  /** Resolves when it works. */
  async start() {
    const child = spawn(process.execPath, [fromRoot('dist/worker.js')], {
      cwd: this.dataFolder,
      env: { PATH: process.env.PATH, HOLDFAST_LOG_LEVEL: 'info', ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text) => this.#keep(text));
    const works = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#keep(line);
        if (line.includes('Holdfast works')) resolve(true);
      });
    });
    const ended = once(child, 'exit').then(() => false);
    if (!(await Promise.race([works, ended]))) {
      throw new Expected(`The worker did not start:\n${this.#lines.join('\n')}`);
    }
  }

  /** As a power cut would: it learns of nothing. */
  async kill() {
    const ended = once(this.#child, 'exit');
    process.kill(this.#child.pid, 'SIGKILL');
    await ended;
  }

  async stop() {
    if (this.#child) await endProcess(this.#child, 90_000);
  }

  #keep(line) {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }
}

function ownFolder(folder, name) {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return { HOLDFAST_DATA_DIR: path };
}
