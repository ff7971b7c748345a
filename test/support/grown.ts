import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { testServers } from './servers.js';

/** Which catalogue the services of all tests have: `mariadb` or `mysql`; otherwise a file of their own. */
const wantedCatalogue = process.env['HOLDFAST_TEST_CATALOG'];
/** `redis`: the services of all tests leave their jobs there, and do them from there. */
const wantedQueue = process.env['HOLDFAST_TEST_QUEUE'];
const redis = process.env['HOLDFAST_TEST_REDIS_URL'];

/** Whether services have the catalogue in a file, which a test may open, copy or damage. */
export const isCatalogueFile = wantedCatalogue === undefined;
/** What can be said of such a file alone. */
export const itOnCatalogueFile = isCatalogueFile ? it : it.skip;

/** What the services of one data folder share, by that folder. */
const installations = new Map<string, Promise<Record<string, string>>>();
const schemas: string[] = [];

/** The tests that say themselves which database of Redis they use have those below. */
const firstDatabase = 16;
const databasesPerWorker = 300;

/**
 * Where the services of a data folder keep their catalogue and their queue, as the environment of the run wants it: each
 * folder has a fresh schema, and a fresh database of Redis. Nothing when the run wants nothing.
 */
export function grown(dataFolder: string): Promise<Record<string, string>> {
  const known = installations.get(dataFolder);
  if (known) return known;
  const made = grow(installations.size);
  installations.set(dataFolder, made);
  return made;
}

async function grow(number: number): Promise<Record<string, string>> {
  return {
    ...(wantedCatalogue !== undefined && { HOLDFAST_CATALOG_URL: await freshCatalogue() }),
    ...(wantedQueue !== undefined && { HOLDFAST_REDIS_URL: await freshQueue(number) }),
  };
}

/** The catalogue of a data folder is gone, and an empty one in its place; its service does not run. */
export async function loseCatalogue(dataFolder: string): Promise<void> {
  if (isCatalogueFile) {
    for (const ending of ['', '-wal', '-shm'])
      await rm(join(dataFolder, `catalog.db${ending}`), { force: true });
    return;
  }
  const { HOLDFAST_CATALOG_URL: url = '' } = await grown(dataFolder);
  const schema = new URL(url).pathname.slice(1);
  await onServer(async (run) => {
    await run(`DROP DATABASE ${schema}`);
    await run(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4`);
  });
}

/** After each test file (timeouts.ts): what it made on the servers. */
export async function dropGrown(): Promise<void> {
  if (schemas.length === 0) return;
  await onServer(async (run) => {
    for (const schema of schemas) await run(`DROP DATABASE IF EXISTS ${schema}`);
  });
}

async function freshCatalogue(): Promise<string> {
  const schema = `holdfast_test_${randomBytes(6).toString('hex')}`;
  schemas.push(schema);
  await onServer((run) => run(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4`));
  return Object.assign(new URL(catalogueServer()), { pathname: `/${schema}` }).href;
}

function catalogueServer(): string {
  const server = testServers.find(({ name }) => name.toLowerCase() === wantedCatalogue);
  if (server?.url !== undefined) return server.url;
  throw new Error(
    `HOLDFAST_TEST_CATALOG=${wantedCatalogue}: there is no such server, only mariadb and mysql`,
  );
}

async function onServer(work: (run: (sql: string) => Promise<unknown>) => Promise<unknown>): Promise<void> {
  const { hostname, port, username, password } = new URL(catalogueServer());
  const connection = await createConnection({
    ...{ host: hostname, port: Number(port) },
    ...{ user: decodeURIComponent(username), password: decodeURIComponent(password) },
  });
  try {
    await work((sql) => connection.query(sql));
  } finally {
    await connection.end();
  }
}

/** The `index`-th of this test file. */
async function freshQueue(index: number): Promise<string> {
  if (wantedQueue !== 'redis' || redis === undefined) {
    throw new Error(`HOLDFAST_TEST_QUEUE=${wantedQueue}: only redis, at HOLDFAST_TEST_REDIS_URL`);
  }
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 1);
  const number = firstDatabase + (worker - 1) * databasesPerWorker + index;
  const { href } = new URL(`/${number}`, redis);
  const client = new Redis(href);
  // From an earlier test file.
  await client.flushdb();
  client.disconnect();
  return href;
}
