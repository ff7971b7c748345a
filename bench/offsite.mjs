/**
 * `node bench/offsite.mjs [megabytes]`: a full backup of a database of that size (default: 2000) into an S3 server, encrypted,
 * over a line that is cut three times; then the backup's file is lost, and the restore fetches it. Prints the highest resident
 * memory of the service (VmHWM, Linux), and whether every copy still has the SHA-256 that was noted when it was sent.
 */
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createConnection } from 'mysql2/promise';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { runScript } from '../scripts/lib/lifetime.mjs';
import { cutLine } from './lib/cut-line.mjs';
import { fill } from './lib/fill.mjs';
import { address, startMeasured } from './lib/measured-service.mjs';
import { startObjectServer } from './lib/object-server.mjs';

const schema = 'holdfast_bench_offsite';
const bucket = 'bench';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const megabytes = Number(process.argv[2] ?? 2000);
  const server = await address();
  const connection = await createConnection(server);
  const drop = () => connection.query(`DROP DATABASE IF EXISTS ${schema}`);
  await drop();
  await fill(connection, schema, megabytes);
  const objects = await startObjectServer(bucket);
  const line = await cutLine(
    objects.port,
    [0.2, 0.5, 0.8].map((share) => share * megabytes * 1024 * 1024),
  );
  const identity = await generateX25519Identity();
  const work = {};
  const { measured, settings, stop } = await startMeasured(server, schema, work, {
    HOLDFAST_S3_BUCKET: bucket,
    HOLDFAST_S3_ENDPOINT: `http://127.0.0.1:${line.port}`,
    HOLDFAST_S3_ACCESS_KEY_ID: 'S3RVER',
    HOLDFAST_S3_SECRET_ACCESS_KEY: 'S3RVER',
    HOLDFAST_AGE_RECIPIENTS: await identityToRecipient(identity),
    HOLDFAST_AGE_IDENTITIES: identity,
  });
  const { filename, size } = await measured('backup and copy', '/api/backup/create', {});
  const wish = { level: 'stored', copies: true };
  const verified = await measured('verify', `/api/v1/backup/${filename}/verify`, wish);
  await rm(join(settings.HOLDFAST_BACKUP_DIR, 'full', filename));
  await measured('fetch and restore', '/api/v1/backup/restore', { filename });
  await stop();
  await drop();
  await connection.end();
  line.close();
  await objects.stop();
  const copies = verified.verification.checks.filter(({ name }) => name === 'copy');
  console.table([{ 'backup MB': Math.round(size / 1024 / 1024), ...work }]);
  for (const { detail } of copies) console.log(detail);
  console.log(`${line.cuts()} cuts`);
  return copies.length === 1 && copies[0].ok && line.cuts() === 3 ? 0 : 1;
});
