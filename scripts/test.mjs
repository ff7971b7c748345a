/**
 * `npm test [-- jest arguments]`: every test, against real servers that this script starts and ends. The last line
 * says how many passed and failed.
 */
import { mkdtempSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { atEnd, runScript } from './lib/lifetime.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { run } from './lib/processes.mjs';
import { testDatabases } from './lib/test-databases.mjs';

const jestArguments = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

await runScript(async () => {
  await ensureInstalled();
  await ensurePrograms();
  // Some tests start dist/main.js, as a user would.
  await ensureBuilt();
  const env = { ...process.env, ...(await testDatabases()) };
  const reports = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  atEnd(() => rmSync(reports, { recursive: true, force: true }));

  await jest(['unit'], env, join(reports, 'unit.json'));
  // One at a time: they share the servers, and faults that they provoke must not look like each other's.
  await jest(['contract', 'integration', 'e2e'], env, join(reports, 'servers.json'), ['--runInBand']);

  if (counts.passed + counts.failed === 0) console.log('No test ran.');
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});

async function jest(projects, env, report, more = []) {
  const hang = endWhenDone(report);
  const { ok } = await run(
    process.execPath,
    [
      ...[
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
      ],
      ...['--selectProjects', ...projects, '--passWithNoTests', '--json', `--outputFile=${report}`],
      ...more,
      ...jestArguments,
    ],
    { env, show: true, signal: hang.signal },
  );
  hang.stopWatching();
  if (!existsSync(report)) {
    counts.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += result.numPassedTests;
  // A file that does not even load has no tests to fail.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  counts.failed += ok ? failed : Math.max(failed, 1);
  counts.skipped += result.numPendingTests + result.numTodoTests;
}

/** A test that leaves something open keeps Jest alive for ever: some time after its report it is ended, and has failed. */
function endWhenDone(report) {
  const controller = new AbortController();
  let seconds = 0;
  const watch = setInterval(() => {
    if (existsSync(report)) seconds += 1;
    if (seconds < 20) return;
    console.log(
      'Jest did not end after its report: a test has left something open. That counts as a failure.',
    );
    clearInterval(watch);
    controller.abort();
  }, 1000);
  return { signal: controller.signal, stopWatching: () => clearInterval(watch) };
}
