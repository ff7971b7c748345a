/**
 * `npm run check [-- --no-tests]`: everything that can be told without a database server. One line per step; output only of
 * failures. `--no-tests` leaves the unit tests to `npm test`, which runs them, too.
 */
import { ensureInstalled } from './lib/install.mjs';
import { runScript } from './lib/lifetime.mjs';
import { localProgram, run } from './lib/processes.mjs';
import { startService, temporarySettings } from './lib/service.mjs';

const node = (...args) => run(process.execPath, args);
const local = (name, ...args) => run(localProgram(name), args);

/** The lanes run at once, the steps of a lane one after the other; a step that `needs` a failed one is not run. */
const lanes = [
  [
    ['build', () => run('npm', ['run', '--silent', 'build'])],
    ['start', start, 'build'],
    ['openapi.json', () => node('scripts/openapi.mjs'), 'build'],
    ['lint', () => local('eslint', '--max-warnings', '0', '.')],
  ],
  [
    ['format', () => local('prettier', '--check', '.')],
    ['types', () => local('tsc', '--noEmit', '-p', 'tsconfig.json')],
    ['floors', () => local('depcruise', 'src', '--config', '.dependency-cruiser.mjs')],
    [
      'unit tests',
      () => node('--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'unit'),
    ],
  ],
];

/** The built service and not only the tests: two entities that import each other pass every test and end `node dist`. */
async function start() {
  try {
    const { stop } = await startService(temporarySettings('check'));
    await stop();
    return { ok: true };
  } catch (error) {
    return { ok: false, output: error.message };
  }
}

const withoutTests = (steps) => steps.filter(([name]) => name !== 'unit tests');

/** How many steps failed. */
async function runLane(steps) {
  const failed = new Set();
  for (const [name, work, needs] of steps) {
    if (failed.has(needs)) {
      console.log(`not run ${name}: ${needs} failed`);
      failed.add(name);
      continue;
    }
    const begin = performance.now();
    const { ok, output } = await work();
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${ok ? 'ok     ' : 'failed '} ${name.padEnd(13)}${seconds.padStart(6)} s`);
    if (ok) continue;
    failed.add(name);
    console.log(`\n${output.trimEnd()}\n`);
  }
  return failed.size;
}

await runScript(async () => {
  await ensureInstalled();
  const wanted = process.argv.includes('--no-tests') ? lanes.map(withoutTests) : lanes;
  const failures = await Promise.all(wanted.map(runLane));
  return failures.every((count) => count === 0) ? 0 : 1;
});
