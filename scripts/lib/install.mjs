import { existsSync, lstatSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Expected } from './lifetime.mjs';
import { fromRoot } from './paths.mjs';
import { run } from './processes.mjs';

/** Installs the dependencies when those in node_modules are not the ones that package-lock.json names. */
export async function ensureInstalled() {
  // Behind a link is another checkout's folder, which npm ci would empty.
  if (isLink(fromRoot('node_modules')) || isInstalled()) return;
  console.log(
    'Installing dependencies (npm ci). A native module may be compiled; that takes about a minute.',
  );
  const { ok, output } = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (!ok) throw new Expected(`npm ci failed:\n${output}`);
}

/** npm writes its own record at the end of every install, so a broken-off one is done again. */
function isInstalled() {
  const record = fromRoot('node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const present = packagesOf(record);
  return Object.entries(packagesOf(fromRoot('package-lock.json')))
    .filter(([path, { optional }]) => path !== '' && !optional)
    .every(([path, { version }]) => present[path]?.version === version);
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Builds dist/ when it is missing or older than what it is made from. */
export async function ensureBuilt() {
  const settings = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  const sources = readdirSync(fromRoot('src'), { recursive: true }).map((name) => join('src', name));
  // A failed build leaves files, too; this one `npm run build` makes after a good build, and every build begins by removing it.
  const stamp = fromRoot('dist/.complete');
  const inputs = [...settings, ...sources].map((name) => fromRoot(name));
  if (isNewer(stamp, inputs)) return;
  const began = new Date();
  const { ok, output } = await run('npm', ['run', '--silent', 'build']);
  if (!ok) throw new Expected(`The build failed:\n${output}`);
  // What was changed while it was built is newer than the build.
  utimesSync(stamp, began, began);
}

function isNewer(made, sources) {
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  return sources.every((source) => statSync(source).mtimeMs <= mtimeMs);
}
