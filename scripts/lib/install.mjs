import { existsSync, statSync } from 'node:fs';
import { Expected } from './lifetime.mjs';
import { fromRoot } from './paths.mjs';
import { localProgram, run } from './processes.mjs';

/** Installs the dependencies when they are missing or older than package-lock.json. */
export async function ensureInstalled() {
  // npm writes this file at the end of every install, so a broken-off install is done again.
  const stamp = fromRoot('node_modules/.package-lock.json');
  const lock = fromRoot('package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(
    'Installing dependencies (npm ci). A native module may be compiled; that takes about a minute.',
  );
  const { ok, output } = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (!ok) throw new Expected(`npm ci failed:\n${output}`);
}

/** Builds dist/. */
export async function build() {
  const { ok, output } = await run(localProgram('nest'), ['build']);
  if (!ok) throw new Expected(`The build failed:\n${output}`);
}
