import {
  mysqlNastyFill,
  mysqlNastyName,
  mysqlNastyTable,
  sqliteNastyFill,
  sqliteNastyTable,
} from '../factories/nasty-types.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { everything, mysqlTarget, sqliteTarget, type Target } from '../factories/target.js';
import { startApp } from '../support/app.js';
import { describeOnServers } from '../support/servers.js';

const projects = `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(50));
  INSERT INTO projects VALUES (1, 'One'), (2, 'Two')`;

/** Backs project 1 up, removes it by `remove`, restores it. */
async function backUpAndRestore(target: Target, remove: string): Promise<void> {
  const service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
  try {
    const backups = await ProjectBackups.of(service);
    const { filename } = await backups.create(1);
    await target.run(remove);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    // What is there now is what the file says, so that there is nothing more to do.
    const again = await backups.restore(1, filename);
    for (const { added, changed, removed } of again.body.restore_summary.changes) {
      expect([added, changed, removed]).toEqual([0, 0, 0]);
    }
  } finally {
    await service.stop();
  }
}

describeOnServers('Rows of a project with every type', (server) => {
  it('come back to the byte', async () => {
    const target = await mysqlTarget(server);
    try {
      await target.run(
        `SET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'; ${projects}; ${mysqlNastyTable}`,
      );
      await target.run(mysqlNastyFill);
      const before = await everything(target);
      const hidden = await target.rows(`SELECT \`i?d\`, hidden FROM ${mysqlNastyName} ORDER BY 1`);
      const sum = await target.rows(`CHECKSUM TABLE projects, ${mysqlNastyName} EXTENDED`);
      await backUpAndRestore(
        target,
        `DELETE FROM ${mysqlNastyName} WHERE \`project %s\` = 1; DELETE FROM projects WHERE id = 1`,
      );
      expect(await everything(target)).toEqual(before);
      expect(await target.rows(`SELECT \`i?d\`, hidden FROM ${mysqlNastyName} ORDER BY 1`)).toEqual(hidden);
      expect(await target.rows(`CHECKSUM TABLE projects, ${mysqlNastyName} EXTENDED`)).toEqual(sum);
    } finally {
      await target.drop();
    }
  });

  it('keep both halves of an hour that a clock change repeats, whatever the zone of the server', async () => {
    const target = await mysqlTarget(server);
    try {
      await target.run(
        `${projects}; CREATE TABLE moments (id INT PRIMARY KEY, project_id INT NOT NULL, at TIMESTAMP(6) NULL,
           FOREIGN KEY (project_id) REFERENCES projects (id));
         SET time_zone = '+02:00'; INSERT INTO moments VALUES (1, 1, '2024-10-27 02:30:00.000001');
         SET time_zone = '+01:00'; INSERT INTO moments VALUES (2, 1, '2024-10-27 02:30:00.000001')`,
      );
      await backUpAndRestore(target, 'DELETE FROM moments');
      await target.run(`SET time_zone = '+00:00'`);
      expect(await target.rows('SELECT at FROM moments ORDER BY id')).toEqual([
        '"2024-10-27 00:30:00.000001"',
        '"2024-10-27 01:30:00.000001"',
      ]);
    } finally {
      await target.drop();
    }
  });
});

describe('Rows of a project with every type, on SQLite', () => {
  it('come back to the byte, and of the same storage class', async () => {
    const target = await sqliteTarget();
    try {
      await target.run(`${projects}; ${sqliteNastyTable}; ${sqliteNastyFill}`);
      const table = `"na""sty 'tab\`le' 100% ?"`;
      const columns = [
        '"i?d"',
        `"a ""col'umn"`,
        'big',
        'num',
        'r',
        'anything',
        'blob',
        'yes',
        'day',
        'y',
        'doubled',
        'tripled',
      ];
      const hex = columns.map((name) => `typeof(${name}), hex(CAST(${name} AS BLOB))`).join(', ');
      const dump = () => target.rows(`SELECT ${hex} FROM ${table} ORDER BY 1, 2`);
      const before = [await everything(target), await dump()];
      await backUpAndRestore(target, 'DELETE FROM projects WHERE id = 1');
      expect([await everything(target), await dump()]).toEqual(before);
    } finally {
      await target.drop();
    }
  });
});
