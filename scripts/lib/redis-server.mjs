import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, Expected } from './lifetime.mjs';
import { freePort } from './ports.mjs';
import { endProcess, findProgram } from './processes.mjs';

const startLimitMs = 20_000;

/** A Redis or Valkey server on this machine; Debian's redis-tools have it under another name. Null when there is none. */
export function findRedis() {
  return findProgram('redis-server', 'valkey-server', 'redis-check-rdb');
}

/** Starts a private one on a free port of 127.0.0.1 that keeps nothing; it is gone at the end of the script. */
export async function startRedis(path) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const options = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    // So that every service of every test can have one.
    '--databases',
    4096,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  // By its own name it serves, by another it checks files.
  const argv0 = path.endsWith('check-rdb') ? 'redis-server' : path;
  const child = spawn(path, options.map(String), { argv0, stdio: 'ignore', detached: true });
  atEnd(() => endProcess(child));
  for (const deadline = performance.now() + startLimitMs; performance.now() < deadline; await sleep(50)) {
    if (await answers(port)) return { port };
  }
  throw new Expected('The Redis server did not start.');
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });
}
