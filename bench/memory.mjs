/**
 * `node bench/memory.mjs [megabytes ...]`: the highest resident memory of the service's process (VmHWM, Linux) during a
 * full backup, its verification and its restore, and a project's backup and restore, at each size. Default: 100 and 2000.
 * Data in a private MariaDB, or in the MySQL or MariaDB that HOLDFAST_BENCH_URL names (root, may create schemas).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { findServer, startDatabaseServer } from '../scripts/lib/database-server.mjs';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { atEnd, Expected, runScript } from '../scripts/lib/lifetime.mjs';
import { startService, temporarySettings } from '../scripts/lib/service.mjs';

const email = 'bench@holdfast.test';
const password = 'correct horse battery';
const schema = 'holdfast_bench_memory';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const server = await address();
  const sizes = process.argv.slice(2).map(Number);
  const results = [];
  for (const megabytes of sizes.length > 0 ? sizes : [100, 2000]) {
    results.push({ megabytes, ...(await measure(server, megabytes)) });
    console.table(results);
  }
});

async function address() {
  if (process.env.HOLDFAST_BENCH_URL) {
    const { hostname, port, username, password: secret } = new URL(process.env.HOLDFAST_BENCH_URL);
    return { host: hostname, port: Number(port), user: username, password: secret };
  }
  const server = findServer();
  if (!server) throw new Expected('There is no mariadbd or mysqld; name a server in HOLDFAST_BENCH_URL.');
  return startDatabaseServer(server);
}

async function measure(server, megabytes) {
  const connection = await createConnection(server);
  const drop = () => connection.query(`DROP DATABASE IF EXISTS ${schema}`);
  await drop();
  await fill(connection, megabytes);
  const { host, port, user, password: secret } = server;
  const service = await startService({
    ...temporarySettings('bench'),
    HOLDFAST_DATABASE_URL: `mysql://${user}:${secret}@${host}:${port}/${schema}`,
    HOLDFAST_ADMIN_EMAIL: email,
    HOLDFAST_ADMIN_PASSWORD: password,
    HOLDFAST_UNDO_DAYS: '0',
  });
  atEnd(service.stop);
  const call = await logIn(service.url);
  const work = {};
  const during = async (name, path, body) => {
    resetPeak(service.pid);
    const begin = performance.now();
    const answer = await call(path, body).catch((error) => {
      throw new Expected(`${error.message}\n${service.lastLines()}`);
    });
    work[`${name} MB`] = Math.round(peakKilobytes(service.pid) / 1024);
    work[`${name} s`] = Number(((performance.now() - begin) / 1000).toFixed(1));
    return answer;
  };
  const { filename } = await during('backup', '/api/v1/backup', {});
  await during('verify', `/api/v1/backup/${filename}/verify`, { level: 'restorable' });
  await during('restore', '/api/v1/backup/restore', { filename });
  const project = await during('project backup', '/api/v1/projects/1/backup', {});
  await connection.query(`DELETE FROM ${schema}.texts WHERE project_id = 1`);
  await during('project restore', '/api/v1/projects/1/backup/restore', { filename: project.backup.filename });
  await service.stop();
  await drop();
  await connection.end();
  return work;
}

/** Two projects with half of the rows each; a row is some 250 bytes of SQL. */
async function fill(connection, megabytes) {
  const rows = Math.ceil((megabytes * 1024 * 1024) / 250);
  for (const statement of [
    `CREATE DATABASE ${schema}`,
    `USE ${schema}`,
    'CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(40))',
    "INSERT INTO projects VALUES (1, 'one'), (2, 'two')",
    `CREATE TABLE texts (id INT AUTO_INCREMENT PRIMARY KEY, project_id INT NOT NULL, name VARCHAR(64) NOT NULL, body TEXT NOT NULL,
       FOREIGN KEY (project_id) REFERENCES projects (id))`,
    "INSERT INTO texts (project_id, name, body) VALUES (1, 'first', REPEAT('a text of some length, ', 7))",
  ]) {
    await connection.query(statement);
  }
  for (let count = 1; count < rows;) {
    const more = Math.min(count, rows - count, 500_000);
    await connection.query(
      `INSERT INTO texts (project_id, name, body) SELECT 1 + id % 2, CONCAT('name of ', id), CONCAT(UUID(), body) FROM
         (SELECT id, LEFT(REVERSE(body), 160) AS body FROM texts ORDER BY id LIMIT ${more}) AS some`,
    );
    count += more;
  }
}

/** Asks for work in the background and waits for its end: Node's own client gives up after five minutes. */
async function logIn(url) {
  const ask = async (method, path, token, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        'content-type': 'application/json',
        Prefer: 'respond-async',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Expected(`${method} ${path} answered ${response.status}: ${answer.detail}`);
    return { answer, job: response.headers.get('location') };
  };
  const { answer: login } = await ask('POST', '/api/v1/auth/login', null, { email, password });
  const token = login.access_token;
  return async (path, body) => {
    const { answer, job } = await ask('POST', path, token, body);
    if (!job) return answer;
    for (;;) {
      const { answer: state } = await ask('GET', job, token);
      if (state.status === 'done') return state.result;
      if (state.status === 'error') throw new Expected(`${path}: ${state.error.detail}`);
      await sleep(200);
    }
  };
}

function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakKilobytes(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
