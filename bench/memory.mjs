/**
 * `node bench/memory.mjs [megabytes ...]`: the highest resident memory of the service's process (VmHWM, Linux) during a
 * full backup, its verification and its restore, and a project's backup and restore, at each size. Default: 100 and 2000.
 * Data in a private MariaDB, or in the MySQL or MariaDB that HOLDFAST_BENCH_URL names (root, may create schemas).
 */
import { createConnection } from 'mysql2/promise';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { runScript } from '../scripts/lib/lifetime.mjs';
import { fill } from './lib/fill.mjs';
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
  await fill(connection, schema, megabytes);
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
