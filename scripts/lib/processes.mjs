import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fromRoot, root } from './paths.mjs';
import { atEnd } from './lifetime.mjs';

/**
 * Runs a program to its end, or until `signal` aborts. `show` passes its output through; otherwise it is collected.
 * Never throws.
 */
export async function run(file, args, { env = process.env, show = false, signal } = {}) {
  const stdio = show ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(file, args, { cwd: root, env, stdio, signal });
  atEnd(() => endProcess(child));
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      resolve(127);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { ok: code === 0, code, output: Buffer.concat(output).toString('utf8') };
}

/** Ends a child by its id: SIGTERM, and SIGKILL when it is still there after `graceMs`. */
export async function endProcess(child, graceMs = 15_000) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

/** The first of these programs that is on the PATH (or where Debian keeps servers), as a path; null when none is. */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(
    Boolean,
  );
  for (const name of names) {
    for (const folder of folders) {
      if (isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** A program of the project's own dependencies. */
export const localProgram = (name) => fromRoot('node_modules', '.bin', name);

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
