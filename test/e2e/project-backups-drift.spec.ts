import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, title VARCHAR(20) NOT NULL, note VARCHAR(20), price DECIMAL(8,2),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE marks (id INTEGER PRIMARY KEY, task_id INTEGER NOT NULL,
    FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE);
  INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
  INSERT INTO tasks VALUES (1, 1, 'a', 'n', 1.5), (2, 1, 'b', NULL, NULL), (3, 1, 'c', 'x', 3), (9, 2, 'other', 'n', 9);
  INSERT INTO marks VALUES (1, 1), (2, 2), (9, 9)`;

describeOnEngines('A project backup from before the schema was changed', (engine, open) => {
  const isSqlite = engine === 'SQLite';
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let filename: string;

  beforeEach(async () => {
    target = await open();
    await target.run(tables);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
    filename = (await backups.create(1)).filename;
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  const preview = () => api('POST', '/api/v1/projects/1/backup/preview', { filename });
  const damage = `DELETE FROM marks WHERE id = 1; DELETE FROM tasks WHERE id = 1; UPDATE tasks SET title = 'changed' WHERE id = 2`;

  async function restored(mode = 'exact'): Promise<Answer> {
    const { body } = await preview();
    expect(body.conflicts).toEqual([]);
    const answer = await api('POST', '/api/v1/projects/1/backup/restore', {
      filename,
      mode,
      ...(mode === 'exact' && { plan_id: body.plan_id }),
    });
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    return answer;
  }
  const titles = () => target.rows('SELECT id, title FROM tasks ORDER BY id');

  it('comes back beside new columns: defaults for rows that were gone, and what is there for those that are', async () => {
    const before = await titles();
    await target.run(
      `ALTER TABLE tasks ADD COLUMN colour VARCHAR(9) NOT NULL DEFAULT 'grey'; ALTER TABLE tasks ADD COLUMN due INTEGER`,
    );
    await target.run(`UPDATE tasks SET colour = 'red', due = 7`);
    await target.run(damage);
    const { warnings } = (await preview()).body;
    expect(warnings.join()).toMatch(/tasks: the columns colour, due came since/);
    await restored();
    expect(await titles()).toEqual(before);
    const [first, second, third, other] = await target.rows('SELECT colour, due FROM tasks ORDER BY id');
    expect(first).toBe('"grey"|null');
    expect(second).toMatch(/^"red"\|"?7/);
    expect([third, other]).toEqual([second, second]);
    expect(
      (await preview()).body.tables.find(({ table }: { table: string }) => table === 'tasks'),
    ).toMatchObject({ unchanged: 3 });
  });

  it('comes back without columns that are gone', async () => {
    await target.run(`ALTER TABLE tasks DROP COLUMN note; ${damage}`);
    expect((await preview()).body.warnings.join()).toMatch(/tasks: the columns note are gone since/);
    await restored('overwrite');
    expect(await titles()).toHaveLength(4);
  });

  it('comes back beside a new table, whose rows stay', async () => {
    await target.run(
      `CREATE TABLE files (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL,
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       INSERT INTO files VALUES (1, 1), (2, 2); ${damage}`,
    );
    expect((await preview()).body.warnings.join()).toMatch(/The table files is the project's only since/);
    await restored();
    expect(await target.rows('SELECT id FROM files')).toHaveLength(2);
  });

  if (!isSqlite) {
    it('comes back into columns that are wider, and stand elsewhere', async () => {
      const before = await target.rows('SELECT id, title, note, price * 100 AS cents FROM tasks ORDER BY id');
      await target.run(
        `ALTER TABLE tasks MODIFY title VARCHAR(200) NOT NULL FIRST, MODIFY price DECIMAL(12,4), MODIFY note TEXT; ${damage}`,
      );
      const { warnings } = (await preview()).body;
      expect(warnings.join()).toMatch(
        /tasks\.price was (decimal|numeric)\(8,2\), and is (decimal|numeric)\(12,4\) now/,
      );
      await restored();
      const number = (row: string) => row.replace(/(\d+)\.0+"/, '$1"');
      const after = await target.rows('SELECT id, title, note, price * 100 AS cents FROM tasks ORDER BY id');
      expect(after.map(number)).toEqual(before.map(number));
    });
  }

  it.each<[string, string, RegExp, boolean]>([
    [
      'a new column has no default',
      'ALTER TABLE marks RENAME TO old_marks; CREATE TABLE marks (id INTEGER PRIMARY KEY, task_id INTEGER NOT NULL, must INTEGER NOT NULL, FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE)',
      /marks\.must came after the backup was made/,
      true,
    ],
    ['a table is gone', 'DROP TABLE marks', /the table marks, which is not there/, true],
    [
      'the key is another',
      'DROP TABLE marks; CREATE TABLE marks (nr INTEGER PRIMARY KEY, task_id INTEGER NOT NULL, FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE)',
      /marks .*its key has the column nr now/,
      true,
    ],
    [
      'a column is narrower',
      'ALTER TABLE tasks MODIFY title VARCHAR(10) NOT NULL',
      /tasks\.title was (varchar|character varying)\(20\).* is (varchar|character varying)\(10\) now/,
      false,
    ],
    [
      'a column that has nulls may have none',
      `UPDATE tasks SET note = '' WHERE note IS NULL; ALTER TABLE tasks MODIFY note VARCHAR(20) NOT NULL`,
      /tasks .*the column note may not be null/,
      false,
    ],
  ])('is refused, and says why, when %s', async (_, change, sentence, everywhere) => {
    if (isSqlite && !everywhere) return;
    await target.run(change);
    const before = await everything(target);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.code]).toEqual([422, 'artefact-unfit']);
    expect(body.detail).toMatch(sentence);
    expect(body.detail).toContain('Nothing was changed');
    expect(await everything(target)).toEqual(before);
  });
});
