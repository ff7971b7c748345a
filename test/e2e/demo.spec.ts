import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testServers } from '../support/servers.js';

const start = promisify(execFile);

/** The demo checks itself: it ends with 0 only when every proof holds. */
async function runDemo(...options: string[]): Promise<string> {
  // What is set for another installation is none of its business.
  const env = { ...process.env, HOLDFAST_REDIS_URL: 'redis://127.0.0.1:1' };
  const script = ['scripts/demo.mjs', '--once', '--port', '0', ...options];
  const { stdout } = await start(process.execPath, script, { env });
  return stdout;
}

describe('npm run demo', () => {
  it('tells its whole story on SQLite', async () => {
    const told = await runDemo();
    expect(told).toContain('Proof: project 1 is as it was, row for row; project 2 never changed.');
    expect(told).toContain('Proof: every row of every table is as it was.');
  });

  // It starts a server of its own, from the same program as the one that the tests were given.
  const onMysql = testServers[0]?.url === undefined ? it.skip : it;
  onMysql('tells its whole story on MariaDB', async () => {
    const told = await runDemo('--mysql');
    expect(told).toContain('Holdfast on M');
    expect(told).toContain('Proof: every row of every table is as it was.');
  });
});
