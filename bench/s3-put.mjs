/**
 * `node bench/s3-put.mjs [megabytes]`: puts an object of that size (default: 2000) into an S3 server over a line that is cut
 * three times, reads it back over another, and compares its SHA-256. Prints the highest resident memory (VmHWM, Linux) of the
 * process that sends and reads, which is one of its own, and what went over the line.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { runScript } from '../scripts/lib/lifetime.mjs';
import { cutLine } from './lib/cut-line.mjs';
import { startObjectServer } from './lib/object-server.mjs';

const megabyte = 1024 * 1024;
const bucket = 'bench';

if (process.argv[2] === 'send') await send(process.argv[3], Number(process.argv[4]));
else await runScript(() => measure(Number(process.argv[2] ?? 2000)));

async function measure(megabytes) {
  await ensureInstalled();
  await ensureBuilt();
  const server = await startObjectServer(bucket);
  const bytes = megabytes * megabyte;
  const line = await cutLine(
    server.port,
    [0.2, 0.5, 0.8].map((share) => share * bytes),
  );
  const sender = spawn(
    process.execPath,
    [import.meta.filename, 'send', `http://127.0.0.1:${line.port}`, megabytes],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const report = [];
  for await (const text of createInterface(sender.stdout)) report.push(JSON.parse(text));
  line.close();
  await server.stop();
  console.table(report);
  console.log(
    `${line.cuts()} cuts; ${Math.round(line.passed() / megabyte)} MB went over the line, both ways.`,
  );
  const [stored, read] = report;
  return stored?.sha256 === read?.sha256 && line.cuts() === 3 ? 0 : 1;
}

/** In the process that is measured: the driver as the service has it, and nothing else. */
async function send(endpoint, megabytes) {
  const { S3ObjectStore } = await import('../dist/storage/s3/s3-object-store.js');
  const { RetryingStore } = await import('../dist/storage/retry/retrying-store.js');
  const s3 = new S3ObjectStore({
    bucket,
    prefix: '',
    region: 'us-east-1',
    endpoint,
    publicEndpoint: null,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    lockDays: null,
    stallMs: 100_000,
    pageSize: 1000,
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
  });
  const store = new RetryingStore(s3, { stallMs: 300_000 });
  const tell = async (what, since, more) => {
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    const status = await readFile('/proc/self/status', 'utf8');
    const peak = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024);
    console.log(JSON.stringify({ what, seconds, 'peak MB': peak, ...more }));
  };
  let since = performance.now();
  let attempts = 0;
  const open = async () => {
    attempts += 1;
    return Readable.from(pieces(megabytes), { objectMode: false });
  };
  const { sha256 } = await store.put('large', { bytes: megabytes * megabyte, open });
  await tell('put', since, { 'times begun': attempts, sha256 });
  since = performance.now();
  const hash = createHash('sha256');
  for await (const piece of await store.open('large')) hash.update(piece);
  await tell('read', since, { sha256: hash.digest('hex') });
}

/** As a file would be read, in fresh buffers that differ. */
function* pieces(megabytes) {
  for (let count = 0; count < megabytes * 8; count += 1) yield Buffer.alloc(megabyte / 8, `piece ${count} `);
}
