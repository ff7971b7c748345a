import type Database from 'better-sqlite3';
import type * as crypto from 'node:crypto';
import type * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What a job finds in its thread. */
export interface ThreadTools {
  Database: typeof Database;
  fs: typeof fs;
  crypto: typeof crypto;
}

type Job<Input, Output> = (input: Input, tools: ThreadTools) => Output | Promise<Output>;

type Reply<Output> = { output: Output } | { error: { message: string; code?: string } };

/**
 * Runs `job` in a thread of its own, since SQLite's calls are synchronous and may take seconds. The thread is started
 * from the job's own source text, so that the same code runs from the build and from the tests, where no compiled file
 * exists: a job refers to nothing but its two arguments. `signal` ends the thread; then the signal's reason is thrown.
 */
export async function runInThread<Input, Output>(
  job: Job<Input, Output>,
  input: Input,
  signal?: AbortSignal,
): Promise<Output> {
  signal?.throwIfAborted();
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(sourceOf(job), { eval: true, workerData: { driver, input } });
  const stop = () => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const reply = await replyOf<Output>(worker);
    signal?.throwIfAborted();
    if (reply && 'output' in reply) return reply.output;
    const { message, code } = reply?.error ?? { message: 'The working thread ended before its work.' };
    throw Object.assign(new Error(message), code === undefined ? {} : { code });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The reply, once the thread has let go of every file; null when it was ended. */
function replyOf<Output>(worker: Worker): Promise<Reply<Output> | null> {
  return new Promise((resolve, reject) => {
    let reply: Reply<Output> | null = null;
    worker.once('message', (message: Reply<Output>) => (reply = message));
    worker.once('error', reject);
    worker.once('exit', () => resolve(reply));
  });
}

function sourceOf(job: (...args: never[]) => unknown): string {
  return `
    const { parentPort, workerData } = require('node:worker_threads');
    const tools = {
      Database: require(workerData.driver), fs: require('node:fs'), crypto: require('node:crypto'),
    };
    (async () => (${job.toString()})(workerData.input, tools))().then(
      (output) => parentPort.postMessage({ output }),
      (error) => parentPort.postMessage({ error: { message: String(error?.message), code: error?.code } }),
    );`;
}
