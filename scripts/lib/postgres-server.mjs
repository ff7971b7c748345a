import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, Expected } from './lifetime.mjs';
import { freePort } from './ports.mjs';
import { endProcess, findProgram, run } from './processes.mjs';

const startLimitMs = 60_000;
const debianFolder = '/usr/lib/postgresql';

/** The newest server on this machine: `{ folder, version }`, its programs' folder; null when there is none. */
export function findPostgres() {
  const majors = existsSync(debianFolder)
    ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = majors.map((major) => join(debianFolder, major, 'bin'));
  const onPath = findProgram('postgres');
  if (onPath) folders.push(join(onPath, '..'));
  const folder = folders.find((one) => existsSync(join(one, 'initdb')) && existsSync(join(one, 'postgres')));
  if (!folder) return null;
  const version = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  return { folder, version };
}

/**
 * Starts a private PostgreSQL on a free port of 127.0.0.1, its data in a temporary folder (in memory where there is room); both are
 * gone at the end of the script. The user postgres needs no password. It refuses to run as root, so that there it runs as Debian's user.
 */
export async function startPostgres({ folder }) {
  const place = mkdtempSync(join(placeForData(), 'holdfast-pg-'));
  atEnd(() => rmSync(place, { recursive: true, force: true }));
  const user = process.getuid?.() === 0 ? systemUser() : {};
  if (user.uid !== undefined) chownSync(place, user.uid, user.gid);
  const data = join(place, 'data');
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  // setpriv has no need of a login shell, which system users may lack.
  const as =
    user.uid === undefined ? [] : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const [program, ...args] = [...as, join(folder, 'initdb'), `--pgdata=${data}`, ...options];
  const made = await run(program, args);
  if (!made.ok) throw new Expected(`The data folder of PostgreSQL could not be made:\n${made.output}`);
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${place}`,
    'max_connections=200',
    // The data is thrown away: no need to wait for the disk, nor to keep much of a log.
    ...['fsync=off', 'full_page_writes=off', 'min_wal_size=32MB', 'max_wal_size=64MB'],
  ];
  const child = spawn(
    join(folder, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, stdio: 'ignore', detached: true },
  );
  // SIGTERM would wait for every session to end.
  atEnd(() => {
    child.kill('SIGINT');
    return endProcess(child, 30_000);
  });
  await untilItAnswers(child, port);
  return { port };
}

const memoryFolder = '/dev/shm';
const roomBytes = 2 * 1024 ** 3;

/** Every new database is 300 files, which on a busy disk take ten times as long as in memory. */
function placeForData() {
  if (!existsSync(memoryFolder)) return tmpdir();
  const { bavail, bsize } = statfsSync(memoryFolder);
  return bavail * bsize >= roomBytes ? memoryFolder : tmpdir();
}

function systemUser() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  if (!line)
    throw new Expected('PostgreSQL does not run as root, and there is no system user called postgres.');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

async function untilItAnswers(child, port) {
  const { default: pg } = await import('pg');
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.end();
    } catch {
      // Not ready yet; the deadline and the server's own end are watched above.
      await sleep(100);
    }
  }
  throw new Expected('PostgreSQL did not start.');
}
