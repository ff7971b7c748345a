import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServer, startDatabaseServer } from './database-server.mjs';
import { atEnd, Expected } from './lifetime.mjs';
import { freePort } from './ports.mjs';
import { findPostgres, startPostgres } from './postgres-server.mjs';
import { findProgram, run } from './processes.mjs';
import { findRedis, startRedis } from './redis-server.mjs';

/**
 * The servers that the tests use, as environment variables: HOLDFAST_TEST_MARIADB_URL names a MariaDB of our own (or
 * the one that the caller offers), HOLDFAST_TEST_POSTGRES_URL likewise a PostgreSQL, HOLDFAST_TEST_REDIS_URL a Redis, HOLDFAST_TEST_MYSQL_URL a MySQL when
 * the caller offers one, with its programs in the folder HOLDFAST_TEST_MYSQL_TOOLS.
 */
export async function testDatabases() {
  const offered = process.env.HOLDFAST_TEST_MARIADB_URL;
  const mariadb = offered ?? (await ownMariadb()) ?? (await mariadbInDocker());
  if (!mariadb) {
    console.log(
      'SKIPPED: the tests against MariaDB. There is neither a mariadbd (Debian: apt-get install mariadb-server ' +
        'mariadb-client zstd) nor a Docker engine; or name a server in HOLDFAST_TEST_MARIADB_URL.',
    );
  }
  if (!process.env.HOLDFAST_TEST_MYSQL_URL) {
    console.log('SKIPPED: the tests against MySQL. Name a server in HOLDFAST_TEST_MYSQL_URL to run them.');
  }
  const postgres = process.env.HOLDFAST_TEST_POSTGRES_URL ?? (await ownPostgres());
  if (!postgres) {
    console.log(
      'SKIPPED: the tests against PostgreSQL. There is no server program (Debian: apt-get install postgresql); or name a ' +
        'server in HOLDFAST_TEST_POSTGRES_URL.',
    );
  }
  const redis = process.env.HOLDFAST_TEST_REDIS_URL ?? (await ownRedis());
  if (!redis) {
    console.log(
      'SKIPPED: the tests with Redis. There is no server program (Debian: apt-get install redis-tools); or name a server ' +
        'in HOLDFAST_TEST_REDIS_URL.',
    );
  }
  return {
    ...(mariadb && { HOLDFAST_TEST_MARIADB_URL: mariadb }),
    ...(postgres && { HOLDFAST_TEST_POSTGRES_URL: postgres }),
    ...(redis && { HOLDFAST_TEST_REDIS_URL: redis }),
  };
}

async function ownRedis() {
  const path = findRedis();
  if (!path) return null;
  const { port } = await startRedis(path);
  return `redis://127.0.0.1:${port}`;
}

async function ownPostgres() {
  const server = findPostgres();
  if (!server) return null;
  const { port } = await startPostgres(server);
  console.log(`PostgreSQL on port ${port}: ${server.version}`);
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

async function ownMariadb() {
  const server = findServer();
  if (!server?.mariadb) return null;
  const { port } = await startDatabaseServer(server);
  console.log(`MariaDB on port ${port}: ${server.version}`);
  return `mariadb://root@127.0.0.1:${port}`;
}

async function mariadbInDocker() {
  if (findProgram('docker') === null || !(await run('docker', ['info'])).ok) return null;
  const name = `holdfast-test-${randomUUID()}`;
  const port = await freePort();
  console.log('Starting MariaDB in Docker (mariadb:lts).');
  atEnd(() => run('docker', ['rm', '--force', '--volumes', name]));
  const started = await run('docker', [
    ...['run', '--detach', '--name', name, '--publish', `127.0.0.1:${port}:3306`],
    ...['--env', 'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1', 'mariadb:lts', '--log-bin', '--server-id=1'],
  ]);
  if (!started.ok) throw new Expected(`MariaDB did not start in Docker:\n${started.output}`);
  await untilTcpAnswers(port);
  return `mariadb://root@127.0.0.1:${port}`;
}

async function untilTcpAnswers(port) {
  const { createConnection } = await import('mysql2/promise');
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
      return await connection.end();
    } catch {
      await sleep(200);
    }
  }
  throw new Expected('MariaDB in Docker did not answer within two minutes.');
}
