import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, Expected } from './lifetime.mjs';
import { fromRoot } from './paths.mjs';
import { endProcess } from './processes.mjs';

const startLimitMs = 60_000;
const keptLines = 40;

/**
 * Starts the built service and waits until it answers. Only `settings` configure it: neither the caller's HOLDFAST_*
 * variables nor a .env file of the checkout reach it. Returns
 * `{ url, pid, stop, ended, lastLines }`.
 */
export async function startService(settings) {
  const folder = settings.HOLDFAST_DATA_DIR;
  const child = spawn(process.execPath, [fromRoot('dist/main.js')], {
    // .env is read from the current folder.
    cwd: folder,
    env: { ...bareEnvironment(), HOLDFAST_LOG_LEVEL: 'info', HOST: '127.0.0.1', PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the script, which then asks the service once to end.
    detached: true,
  });
  const stop = () => endProcess(child);
  atEnd(stop);
  const ended = once(child, 'exit');

  const lines = [];
  let url = null;
  const read = (text) => {
    for (const line of text.split('\n').filter(Boolean)) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      url ??= addressIn(line);
    }
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  const lastLines = () => lines.join('\n');

  const deadline = performance.now() + startLimitMs;
  while (!(url && (await answers(url)))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Expected(`The service ended while it started:\n${lastLines()}`);
    }
    if (performance.now() > deadline) {
      throw new Expected(`The service did not answer within ${startLimitMs / 1000} seconds:\n${lastLines()}`);
    }
    await sleep(50);
  }
  return { url, pid: child.pid, stop, ended, lastLines };
}

/** Settings for a service that leaves nothing behind: its folders are temporary and removed at the end. */
export function temporarySettings(name) {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return { HOLDFAST_DATA_DIR: folder, HOLDFAST_BACKUP_DIR: join(folder, 'backups') };
}

function bareEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
  return { ...Object.fromEntries(kept), NODE_OPTIONS: '' };
}

/** With PORT=0 the log says in a field `url` where the service listens. */
function addressIn(line) {
  try {
    const { url } = JSON.parse(line);
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

/** Any answer will do: a 404 is an answer of a running service too. */
async function answers(url) {
  return fetch(new URL('/health/live', url)).then(
    () => true,
    () => false,
  );
}
