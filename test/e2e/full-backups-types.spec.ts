import { mysqlNastyFill, mysqlNastyName, mysqlNastyTable } from '../factories/nasty-types.js';
import { everything, mysqlTarget, type Target } from '../factories/target.js';
import { startApp } from '../support/app.js';
import { describeOnServers } from '../support/servers.js';

const session = `SET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'`;

/** All rows, the checksums, and the definition with its invisible and generated columns. */
async function seen(target: Target): Promise<unknown> {
  return {
    rows: await everything(target),
    sums: await target.rows(`CHECKSUM TABLE projects, ${mysqlNastyName} EXTENDED`),
    definition: await target.rows(`SHOW CREATE TABLE ${mysqlNastyName}`),
  };
}

describeOnServers('Rows of every type in a full backup', (server) => {
  let target: Target;

  beforeEach(async () => {
    target = await mysqlTarget(server);
    await target.run(`${session}; CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(50));
      INSERT INTO projects VALUES (1, 'One'), (2, 'Two'); ${mysqlNastyTable}`);
    await target.run(mysqlNastyFill);
  });

  afterEach(() => target.drop());

  /** Backs up, destroys, restores; says with which warnings. */
  const thereAndBack = async (): Promise<string[]> => {
    const service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    try {
      const api = await service.asSuperadmin();
      const made = await api('POST', '/api/v1/backup');
      expect(made.body.success).toBe(true);
      await target.run(`DROP TABLE ${mysqlNastyName}; DELETE FROM projects`);
      const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
      expect(restored.body.success).toBe(true);
      await api('DELETE', `/api/v1/backup/undo/${restored.body.restore.undo_id}`);
      return made.body.backup.warnings;
    } finally {
      await service.stop();
    }
  };

  it('come back to the byte, with definitions, invisible and generated columns', async () => {
    // What no dump tool writes exactly; the next test says so.
    await target.run(`UPDATE ${mysqlNastyName} SET f = 0.5 WHERE f IS NOT NULL`);
    // The sign of zero: the tools write it, the servers read the text as an integer.
    await target.run(`UPDATE ${mysqlNastyName} SET d = 0 WHERE d = 0`);
    const before = await seen(target);
    await thereAndBack();
    await target.run(session);
    expect(await seen(target)).toEqual(before);
  });

  it('come with a warning where a FLOAT may lose digits', async () => {
    expect(await thereAndBack()).toEqual([expect.stringContaining('FLOAT')]);
  });
});
