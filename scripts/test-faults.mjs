/**
 * `npm run test:faults [-- row ...]`: provokes every fault of the fault table, or those of some rows, many times
 * (HOLDFAST_FAULT_REPETITIONS, 50 by default), against the servers of `npm test`, and prints the table with what became
 * of each. HOLDFAST_FAULT_SEED provokes the same moments again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultRows } from '../test/faults/table.mjs';
import { faultTable } from './lib/fault-table.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { runJest } from './lib/jest.mjs';
import { atEnd, Expected, runScript } from './lib/lifetime.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { testDatabases } from './lib/test-databases.mjs';

const wanted = process.argv.slice(2);

await runScript(async () => {
  const rows = wanted.length === 0 ? faultRows : wanted.map(rowOf);
  await ensureInstalled();
  await ensurePrograms();
  await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const records = join(folder, 'records.jsonl');
  const { HOLDFAST_FAULT_REPETITIONS: repetitions = '50' } = process.env;
  const env = {
    ...process.env,
    ...(await testDatabases()),
    HOLDFAST_FAULT_REPETITIONS: repetitions,
    HOLDFAST_FAULT_REPORT: records,
  };

  const files = rows.flatMap((row) => row.files);
  const {
    passed,
    failed,
    skipped,
    files: results,
  } = await runJest(['unit', 'contract', 'integration', 'e2e', 'faults'], {
    env,
    args: ['--runInBand', '--runTestsByPath', ...new Set(files)],
  });
  console.log(`\n${faultTable(rows, results, records)}\n`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed === 0 && passed > 0 ? 0 : 1;
});

function rowOf(number) {
  const row = faultRows.find((one) => String(one.row) === number);
  if (!row) throw new Expected(`There is no row ${number} in the fault table. Name rows by their numbers.`);
  return row;
}
