import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './lifetime.mjs';
import { run } from './processes.mjs';

/**
 * Runs Jest over some projects, its output shown. Returns `{ passed, failed, skipped, files }`; `files` is Jest's own
 * report of each test file. What does not even load or does not end counts as failed.
 */
export async function runJest(projects, { env, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, 'report.json');
  const hang = endWhenDone(report);
  const { ok } = await run(
    process.execPath,
    [
      ...[
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        // Of what a test file loads little lives long: less of the time goes into collecting it.
        '--max-semi-space-size=64',
        'node_modules/jest/bin/jest.js',
      ],
      ...['--selectProjects', ...projects, '--passWithNoTests', '--json', `--outputFile=${report}`],
      ...args,
    ],
    { env, show: true, signal: hang.signal },
  );
  hang.stopWatching();
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, files: [] };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A file that does not even load has no tests to fail.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: ok ? failed : Math.max(failed, 1),
    skipped: result.numPendingTests + result.numTodoTests,
    files: result.testResults,
  };
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
