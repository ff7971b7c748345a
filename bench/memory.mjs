/**
 * `node bench/memory.mjs [megabytes ...]`: the highest resident memory of the service's process (VmHWM, Linux) during a
 * full backup, its verification and its restore, and a project's backup and restore, at each size. Default: 100 and 2000.
 * Data in a private MariaDB, or in the MySQL or MariaDB that HOLDFAST_BENCH_URL names (root, may create schemas).
 */
import { createConnection } from 'mysql2/promise';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { runScript } from '../scripts/lib/lifetime.mjs';
import { address, startMeasured } from './lib/measured-service.mjs';

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

async function measure(server, megabytes) {
  const connection = await createConnection(server);
  const drop = () => connection.query(`DROP DATABASE IF EXISTS ${schema}`);
  await drop();
  await fill(connection, megabytes);
  const work = {};
  const { measured, stop } = await startMeasured(server, schema, work);
  const { filename } = await measured('backup', '/api/v1/backup', {});
  await measured('verify', `/api/v1/backup/${filename}/verify`, { level: 'restorable' });
  await measured('restore', '/api/v1/backup/restore', { filename });
  const project = await measured('project backup', '/api/v1/projects/1/backup', {});
  await connection.query(`DELETE FROM ${schema}.texts WHERE project_id = 1`);
  await measured('project restore', '/api/v1/projects/1/backup/restore', {
    filename: project.backup.filename,
  });
  await stop();
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
