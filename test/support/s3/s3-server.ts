import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ObjectLock } from './object-lock.js';
import { S3Gate } from './s3-gate.js';

/** An S3 server on a free port, with an empty bucket, and what is needed to use it. */
export interface S3Server {
  gate: S3Gate;
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Keys of its objects; what is still being stored is waited for. */
  stored(): Promise<string[]>;
  /** An object's bytes, as the server has them. */
  bytesOf(key: string): Promise<Buffer>;
  /** Keys of multipart uploads that nobody has completed or aborted. */
  unfinished(): Promise<string[]>;
  close(): Promise<void>;
}

/** What tells Holdfast to keep copies in its bucket */
export function s3Settings(server: S3Server): Record<string, string> {
  return {
    HOLDFAST_S3_BUCKET: server.bucket,
    HOLDFAST_S3_ENDPOINT: server.endpoint,
    HOLDFAST_S3_REGION: server.region,
    HOLDFAST_S3_ACCESS_KEY_ID: server.accessKeyId,
    HOLDFAST_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
  };
}

export async function startS3Server(options: { lock?: boolean } = {}): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-s3-'));
  const bucket = 'holdfast-test';
  const script = join(import.meta.dirname, 'object-server.mjs');
  // Its continuation tokens are encrypted with DES.
  const program = spawn(process.execPath, ['--openssl-legacy-provider', script, folder, bucket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface(program.stdout), 'line')) as [string];
  const secrets = { accessKeyId: 'AKTESTHOLDFAST', secretAccessKey: 'secret/of+the=test' };
  const gate = await S3Gate.before(Number(port), folder, secrets);
  if (options.lock) gate.lock = new ObjectLock();
  const ending = '._S3rver_object';
  return {
    gate,
    endpoint: gate.endpoint,
    bucket,
    region: 'eu-north-1',
    ...secrets,
    stored: async () => {
      await gate.settled();
      const names = await readdir(join(folder, bucket), { recursive: true });
      return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
    },
    bytesOf: async (key) => {
      await gate.settled();
      return readFile(join(folder, bucket, key + ending));
    },
    unfinished: async () => (await gate.uploads.list(bucket)).map(({ key }) => key),
    close: async () => {
      gate.close();
      const ended = once(program, 'exit');
      program.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
