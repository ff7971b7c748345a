import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, Expected } from './lifetime.mjs';
import { freePort } from './ports.mjs';
import { endProcess, findProgram, run } from './processes.mjs';

const startLimitMs = 90_000;

/** The server program on this machine: `{ path, mariadb }`, or null. MariaDB ships a `mysqld` of its own, too. */
export function findServer() {
  const path = findProgram('mariadbd', 'mysqld');
  return path === null ? null : describeServer(path);
}

/** As `findServer`, of a MySQL: a `mysqld` among or beside the programs in `tools`, or on the PATH. */
export function findMysqlServer(tools) {
  const beside = tools ? [join(tools, 'mysqld'), join(tools, '..', 'sbin', 'mysqld')] : [];
  const paths = [...beside.filter((path) => existsSync(path)), findProgram('mysqld')].filter(Boolean);
  return paths.map(describeServer).find(({ mariadb }) => !mariadb) ?? null;
}

function describeServer(path) {
  const version = execFileSync(path, ['--no-defaults', '--version'], { encoding: 'utf8' });
  return { path, mariadb: /mariadb/i.test(version), version: version.trim().replace(/^\S+\s+/, '') };
}

/**
 * Starts a private MariaDB or MySQL on a free port of 127.0.0.1, its data in a temporary folder; both are gone at the
 * end of the script. Returns `{ host, port, user, password }`: root, without a password until the caller sets one.
 */
export async function startDatabaseServer(server) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-db-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  await createDatabaseFolder(server, folder);
  const port = await freePort();
  // The data is thrown away: no need to wait for the disk.
  const relaxed = ['--sync-binlog=0', '--innodb-flush-log-at-trx-commit=0'];
  await launchDatabaseServer(server, folder, port, relaxed, (child) =>
    atEnd(() => endProcess(child, 30_000)),
  );
  return { host: '127.0.0.1', port, user: 'root', password: '' };
}

/** Makes the data of a server in `folder`. */
export async function createDatabaseFolder(server, folder) {
  for (const name of folders) mkdirSync(join(folder, name), { mode: 0o700 });
  await initialize(server, folder);
}

/** Starts a server on its folder and waits until it answers; `onStart` gets the process before that. Returns it. */
export async function launchDatabaseServer(server, folder, port, options = [], onStart = () => undefined) {
  const logPath = join(folder, 'server.log');
  const log = openSync(logPath, 'a');
  const child = spawn(
    server.path,
    [
      '--no-defaults',
      ...placeOf(folder),
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'server.sock')}`,
      `--pid-file=${join(folder, 'server.pid')}`,
      // With a binary log a dump knows its point in time.
      '--log-bin=binlog',
      '--server-id=1',
      ...(server.mariadb ? [] : ['--mysqlx=OFF']),
      ...options,
    ],
    // A group of its own: Ctrl-C ends it in its turn, after the service that uses it.
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  onStart(child);
  await untilItAnswers(child, port, logPath);
  return child;
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

const folders = ['data', 'tmp'];

/**
 * A server that starts sweeps its temporary folder. In the system's it would take other servers' temporary tables away,
 * and a MariaDB crashes when one of its own is gone.
 */
const placeOf = (folder) => [
  ...asRoot,
  `--datadir=${join(folder, 'data')}`,
  `--tmpdir=${join(folder, 'tmp')}`,
];

async function initialize(server, folder) {
  const { ok, output } = server.mariadb
    ? await run(installer(), ['--no-defaults', ...placeOf(folder), ...forMariadb])
    : await run(server.path, ['--no-defaults', ...placeOf(folder), '--initialize-insecure']);
  if (!ok) throw new Expected(`The database server's folder could not be made:\n${output}`);
}

const forMariadb = ['--auth-root-authentication-method=normal', '--skip-test-db'];

function installer() {
  const path = findProgram('mariadb-install-db', 'mysql_install_db');
  if (path === null) throw new Expected('mariadb-install-db is missing; it comes with the MariaDB server.');
  return path;
}

async function untilItAnswers(child, port, logPath) {
  const { createConnection } = await import('mysql2/promise');
  const deadline = performance.now() + startLimitMs;
  let failure = null;
  child.once('error', (error) => (failure = error.message));
  while (performance.now() < deadline && failure === null) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    try {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.end();
      return;
    } catch {
      // Not ready yet; the deadline and the server's own end are watched above.
      await sleep(100);
    }
  }
  const lastLines = readFileSync(logPath, 'utf8').split('\n').slice(-15).join('\n');
  throw new Expected(`The database server did not start. ${failure ?? ''}\n${lastLines}`);
}
