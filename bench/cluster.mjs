/**
 * `node bench/cluster.mjs [megabytes]`: two services and three workers on one Redis, one catalogue (MySQL or MariaDB) and one
 * backup folder; 200 backups of 20 databases of so many megabytes (half of them SQLite files) are asked for at once from both
 * services, while every 10 seconds another worker is killed and started anew. Then: does each have one end, one row and one
 * whole file? Ends with 1 when something of that is not so. Servers of its own, or HOLDFAST_BENCH_URL (root) for the database.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { Expected, runScript } from '../scripts/lib/lifetime.mjs';
import { findRedis, startRedis } from '../scripts/lib/redis-server.mjs';
import { temporarySettings } from '../scripts/lib/service.mjs';
import { Client } from './lib/cluster-client.mjs';
import { startServices, Worker } from './lib/cluster-processes.mjs';
import { prove } from './lib/cluster-proof.mjs';
import { makeCatalogue, makeTargets } from './lib/cluster-targets.mjs';
import { address } from './lib/measured-service.mjs';

const databases = 20;
const backupsOfEach = 10;
const killEveryMs = 10_000;
const limitMs = 15 * 60_000;
const email = 'bench@holdfast.test';
const password = 'correct horse battery';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const redis = findRedis();
  if (!redis) throw new Expected('There is no redis-server or valkey-server. Install one.');
  const { HOLDFAST_DATA_DIR: folder, HOLDFAST_BACKUP_DIR: backupFolder } = temporarySettings('cluster');
  mkdirSync(backupFolder);
  const server = await address();
  const catalogue = await makeCatalogue(server);
  const targets = await makeTargets(server, folder, databases, Number(process.argv[2] ?? 8));
  const settings = {
    HOLDFAST_BACKUP_DIR: backupFolder,
    HOLDFAST_CATALOG_URL: catalogue.url,
    HOLDFAST_REDIS_URL: `redis://127.0.0.1:${(await startRedis(redis)).port}/1`,
    HOLDFAST_JWT_SECRET: randomBytes(32).toString('hex'),
    HOLDFAST_SECRET_KEY: randomBytes(32).toString('hex'),
    HOLDFAST_ADMIN_EMAIL: email,
    HOLDFAST_ADMIN_PASSWORD: password,
  };
  const services = await startServices(folder, settings);
  const clients = await Promise.all(services.map(({ url }) => new Client(url).logIn(email, password)));
  for (const target of targets) await clients[0].ask('POST', '/api/databases', target);
  await clients[1].knows(targets.at(-1).name);

  const workers = ['worker-1', 'worker-2', 'worker-3'].map((name) => new Worker(folder, name, settings));
  await Promise.all(workers.map((worker) => worker.start()));
  const begin = performance.now();
  const asked = await askForAll(clients, targets);
  console.log(`${asked.length} backups asked for in ${seconds(begin)} s`);
  const storm = killInTurn(workers);
  const jobs = await clients[0].ended(asked, limitMs, (count) =>
    console.log(`${seconds(begin)} s: ${count}`),
  );
  const kills = await storm.stop();
  const took = seconds(begin);

  const listed = await Promise.all(targets.map(({ name }) => allOf(clients[1], name)));
  for (const { stop } of [...workers.map((worker) => ({ stop: () => worker.stop() })), ...services])
    await stop();
  const dataFolders = ['service-1', 'service-2', ...workers.map(({ name }) => name)];
  const proof = await prove({
    asked,
    jobs,
    listed: listed.flat(),
    backupFolder,
    dataFolders: dataFolders.map((name) => join(folder, name)),
  });
  report(jobs, { kills, 'begun anew': await catalogue.begunAnew(), seconds: took });
  return tell(proof);
});

/** All at once, by turns from each service. */
async function askForAll(clients, targets) {
  const orders = Array.from({ length: backupsOfEach }, () => targets).flat();
  const asked = orders.map(({ name }, index) =>
    clients[index % clients.length].ask('POST', `/api/databases/${name}/backups`, {}),
  );
  return (await Promise.all(asked)).map(({ job_id: id }) => id);
}

/** Each starts anew by itself; the next one is killed meanwhile. */
function killInTurn(workers) {
  const starting = [];
  let kills = 0;
  const timer = setInterval(() => {
    const worker = workers[kills++ % workers.length];
    const again = worker.kill().then(() => worker.start());
    again.catch(() => undefined);
    starting.push(again);
  }, killEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(starting);
      return kills;
    },
  };
}

async function allOf(client, name) {
  const path = `/api/databases/${name}/backups?page[size]=100`;
  return (await client.ask('GET', path)).database_backups;
}

function report(jobs, facts) {
  const count = (status) => jobs.filter((job) => job.status === status).length;
  console.table([{ ...facts, backups: jobs.length, done: count('done'), error: count('error') }]);
  for (const { id, error } of jobs.filter(({ status }) => status === 'error')) {
    console.log(`${id}  ${error?.code}  ${error?.detail}`);
  }
}

function tell(proof) {
  for (const [sentence, faults] of proof) {
    console.log(`${faults.length === 0 ? 'yes' : 'NO '}  ${sentence}`);
    for (const fault of faults) console.log(`       ${fault}`);
  }
  return proof.every(([, faults]) => faults.length === 0) ? 0 : 1;
}

function seconds(begin) {
  return Number(((performance.now() - begin) / 1000).toFixed(1));
}
