import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fromRoot } from '../../scripts/lib/paths.mjs';

/** An S3 server with an empty bucket, in a process of its own; its keys are S3RVER and S3RVER. */
export async function startObjectServer(bucket) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-s3-'));
  const script = fromRoot('test/support/s3/object-server.mjs');
  const server = spawn(process.execPath, ['--openssl-legacy-provider', script, folder, bucket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface(server.stdout), 'line');
  return {
    port: Number(port),
    stop: async () => {
      server.stdin.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
