/**
 * `npm test [-- jest arguments]`: every test, against real servers that this script starts and ends. The last line
 * says how many passed and failed.
 */
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { runJest } from './lib/jest.mjs';
import { runScript } from './lib/lifetime.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { testDatabases } from './lib/test-databases.mjs';

const jestArguments = process.argv.slice(2);

await runScript(async () => {
  await ensureInstalled();
  await ensurePrograms();
  // Some tests start dist/main.js, as a user would.
  await ensureBuilt();
  const env = { ...process.env, ...(await testDatabases()) };

  const unit = await runJest(['unit'], { env, args: jestArguments });
  // Each of these has schemas, folders and ports of its own. They wait a lot: one more at a time than small machines have
  // processors.
  const onServers = await runJest(['contract', 'integration', 'e2e'], {
    env,
    args: ['--maxWorkers=3', ...jestArguments],
  });
  // Apart from the others: these look for a moment in which to strike.
  const faults = await runJest(['faults'], { env, args: ['--maxWorkers=2', ...jestArguments] });

  const total = (count) => unit[count] + onServers[count] + faults[count];
  if (total('passed') + total('failed') === 0) console.log('No test ran.');
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  console.log(`${total('passed')} passed, ${total('failed')} failed${skipped}`);
  return total('failed') === 0 && total('passed') > 0 ? 0 : 1;
});
