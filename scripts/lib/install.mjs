import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Expected } from './lifetime.mjs';
import { fromRoot } from './paths.mjs';
import { localProgram, run } from './processes.mjs';

/** Installs the dependencies when they are missing or older than package-lock.json. */
export async function ensureInstalled() {
  // npm writes this file at the end of every install, so a broken-off install is done again.
  if (isNewer(fromRoot('node_modules/.package-lock.json'), [fromRoot('package-lock.json')])) return;
  console.log(
    'Installing dependencies (npm ci). A native module may be compiled; that takes about a minute.',
  );
  const { ok, output } = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (!ok) throw new Expected(`npm ci failed:\n${output}`);
}

/** Builds dist/ when it is missing or older than what it is made from. */
export async function ensureBuilt() {
  const settings = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  const sources = readdirSync(fromRoot('src'), { recursive: true }).map((name) => join('src', name));
  if (
    isNewer(
      fromRoot('dist/main.js'),
      [...settings, ...sources].map((name) => fromRoot(name)),
    )
  )
    return;
  const { ok, output } = await run(localProgram('nest'), ['build']);
  if (!ok) throw new Expected(`The build failed:\n${output}`);
}

function isNewer(made, sources) {
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  return sources.every((source) => statSync(source).mtimeMs <= mtimeMs);
}
