import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE labels (code VARCHAR(20) NOT NULL PRIMARY KEY);
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, title VARCHAR(20) NOT NULL, author_id INTEGER NOT NULL,
    assignee_id INTEGER, label VARCHAR(20),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (author_id) REFERENCES users (id),
    FOREIGN KEY (assignee_id) REFERENCES users (id) ON DELETE SET NULL,
    FOREIGN KEY (label) REFERENCES labels (code) ON DELETE SET NULL);
  CREATE TABLE members (project_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (user_id) REFERENCES users (id));
  CREATE TABLE marks (task_id INTEGER NOT NULL, by_id INTEGER,
    FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
    FOREIGN KEY (by_id) REFERENCES users (id) ON DELETE SET NULL);
  INSERT INTO users VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cy'), (4, 'Di');
  INSERT INTO labels VALUES ('red'), ('blue');
  INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
  INSERT INTO tasks VALUES (1, 1, 'a', 1, 2, 'red'), (2, 1, 'b', 2, 2, 'blue'), (3, 1, 'c', 3, NULL, 'red'), (4, 1, 'd', 1, 3, NULL),
    (9, 2, 'x', 4, 4, 'red');
  INSERT INTO members VALUES (1, 1), (1, 2), (1, 3), (2, 4);
  INSERT INTO marks VALUES (1, 1), (2, 2), (2, 2), (9, 4)`;

/** Bo goes, and so must all that cannot be without him. */
const bo = `DELETE FROM members WHERE user_id = 2; DELETE FROM marks WHERE task_id = 2; DELETE FROM tasks WHERE author_id = 2; DELETE FROM users WHERE id = 2`;
const forBo = { 'tasks.author_id': { use: 3 }, 'members.user_id': 'skip', 'marks.by_id': 'skip' };

describeAboveEngines('Shared rows that are gone since the backup', (_engine, open) => {
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

  const call = (what: 'preview' | 'restore', body: object = {}): Promise<Answer> =>
    api('POST', `/api/v1/projects/1/backup/${what}`, { filename, ...body });
  const previewOf = async (table: string, body: object = {}) =>
    (await call('preview', body)).body.tables.find((one: { table: string }) => one.table === table);
  const tasks = () => target.rows('SELECT id, author_id, assignee_id FROM tasks ORDER BY id');
  const plain = (rows: string[]) => rows.map((row) => row.replaceAll('"', ''));

  async function refused(body: object): Promise<Answer['body']> {
    const before = await everything(target);
    const answer = await call('restore', body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await everything(target)).toEqual(before);
    return answer.body;
  }

  it('are listed in the preview, which says what can be done, and stop the restore', async () => {
    await target.run(bo);
    const { body } = await call('preview');
    expect(new Set(body.missing)).toEqual(
      new Set([
        {
          reference: 'tasks.author_id',
          table: 'tasks',
          columns: ['author_id'],
          referenced_table: 'users',
          keys: [2],
          rows: 1,
          remedy: 'refuse',
          possible: ['refuse', 'use', 'skip'],
        },
        expect.objectContaining({
          reference: 'tasks.assignee_id',
          rows: 2,
          possible: ['refuse', 'null', 'use', 'skip'],
        }),
        expect.objectContaining({ reference: 'members.user_id', rows: 1, possible: ['refuse', 'skip'] }),
        expect.objectContaining({ reference: 'marks.by_id', rows: 2, possible: ['refuse', 'skip'] }),
      ]),
    );
    expect(body.conflicts).toContainEqual(
      expect.stringMatching(
        /Rows of tasks \(id=2\) refer by author_id to rows of users .*"tasks\.author_id"/,
      ),
    );
    expect((await refused({})).detail).toMatch(/no longer exist\. Create those again first, or, .*"missing"/);
    expect((await refused({ plan_id: body.plan_id })).code).toBe('conflict');
    expect((await refused({ missing: { 'tasks.assignee_id': 'null' } })).detail).toMatch(
      /"missing".*"\w+\.\w+_id"\. Nothing/,
    );
  });

  it('become null, or another row, or their rows stay out, as the plan says', async () => {
    await target.run(bo);
    const others = await target.rows('SELECT * FROM tasks WHERE project_id = 2');
    const missing = { ...forBo, 'tasks.assignee_id': 'null' };
    const { body } = await call('preview', { missing });
    expect(body.conflicts).toEqual([]);
    expect(body.missing.map(({ remedy }: { remedy: unknown }) => remedy)).toEqual(
      expect.arrayContaining(['null', 'skip', 'skip', { use: 3 }]),
    );
    // The database made null of the first task's assignee by itself.
    expect(await previewOf('tasks', { missing })).toMatchObject({ added: 1, changed: 0, unchanged: 3 });
    const reordered = Object.fromEntries(Object.entries(missing).reverse());
    const { status, body: done } = await call('restore', { missing: reordered, plan_id: body.plan_id });
    expect([status, done.detail]).toEqual([200, undefined]);
    expect(plain(await tasks())).toEqual(['1|1|null', '2|3|null', '3|3|null', '4|1|3', '9|4|4']);
    expect(plain(await target.rows('SELECT * FROM members ORDER BY 1, 2'))).toEqual(['1|1', '1|3', '2|4']);
    expect(plain(await target.rows('SELECT * FROM marks ORDER BY 1, 2'))).toEqual(['1|1', '9|4']);
    expect(await target.rows('SELECT * FROM tasks WHERE project_id = 2')).toEqual(others);
    expect(await previewOf('tasks', { missing })).toMatchObject({ added: 0, changed: 0, removed: 0 });
  });

  it('matter only for the rows that a mode writes', async () => {
    await target.run(`DELETE FROM tasks WHERE id = 4; UPDATE tasks SET author_id = 1, title = 'B' WHERE author_id = 2;
      DELETE FROM members WHERE user_id = 2; DELETE FROM users WHERE id = 2`);
    const tables = ['tasks'];
    expect((await call('preview', { mode: 'undelete', tables })).body.conflicts).toEqual([]);
    expect((await call('preview', { mode: 'overwrite', tables })).body.conflicts).toHaveLength(2);
    expect((await call('restore', { mode: 'undelete', tables })).status).toBe(200);
    expect(plain(await tasks())).toEqual(['1|1|null', '2|1|null', '3|3|null', '4|1|3', '9|4|4']);
    const missing = { 'tasks.author_id': { use: 4 }, 'tasks.assignee_id': { use: 3 } };
    expect((await call('restore', { mode: 'overwrite', tables, missing })).status).toBe(200);
    expect(plain(await tasks())).toEqual(['1|1|3', '2|4|3', '3|3|null', '4|1|3', '9|4|4']);
  });

  it('are found by the thousand, and by keys that are texts', async () => {
    const many = Array.from({ length: 1_300 }, (_, at) => 1_000 + at);
    await target.run(`INSERT INTO users VALUES ${many.map((id) => `(${id}, 'u')`).join()};
      INSERT INTO tasks VALUES ${many.map((id) => `(${id}, 1, 't', ${id}, ${id}, 'blue')`).join()}`);
    filename = (await backups.create(1)).filename;
    await target.run(`DELETE FROM tasks WHERE id >= 1000 AND id <> 1500; DELETE FROM users WHERE id >= 1000 AND id <> 1500;
      DELETE FROM labels WHERE code = 'blue'`);
    const { body } = await call('preview');
    expect(
      body.missing
        .map(({ reference, rows, keys }: { reference: string; rows: number; keys: unknown[] }) => [
          reference,
          rows,
          keys.length,
        ])
        .sort(),
    ).toEqual([
      ['tasks.assignee_id', 1_299, 20],
      ['tasks.author_id', 1_299, 20],
      ['tasks.label', 1_301, 1],
    ]);
    const missing = {
      'tasks.author_id': { use: 1 },
      'tasks.assignee_id': 'null',
      'tasks.label': { use: 'red' },
    };
    const { status, body: done } = await call('restore', { missing });
    expect([status, done.detail]).toEqual([200, undefined]);
    const howMany = (condition: string) => `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
    const counted = await target.rows(
      `SELECT count(*), count(assignee_id), ${howMany("label = 'red'")}, ${howMany('author_id = 1')} FROM tasks WHERE id >= 1000`,
    );
    expect(plain(counted)).toEqual(['1300|1|1300|1299']);
  });

  it('are settled in a copy, too', async () => {
    await target.run(bo);
    const before = await everything(target);
    const first = await call('preview', { mode: 'copy' });
    expect(first.body.conflicts.join()).toMatch(
      /1 rows of tasks refer by author_id to rows of users .* \(2\)/,
    );
    expect((await refused({ mode: 'copy' })).code).toBe('conflict');
    const missing = { ...forBo, 'tasks.assignee_id': 'null' };
    const { body } = await call('preview', { mode: 'copy', missing });
    expect([body.conflicts, body.missing.length]).toEqual([[], 4]);
    const { status, body: done } = await call('restore', { mode: 'copy', missing, plan_id: body.plan_id });
    expect([status, done.detail]).toEqual([200, undefined]);
    const copied = await target.rows(
      `SELECT title, author_id, assignee_id FROM tasks WHERE project_id > 2 ORDER BY id`,
    );
    expect(plain(copied)).toEqual(['a|1|null', 'b|3|null', 'c|3|null', 'd|1|3']);
    expect(plain(await target.rows('SELECT user_id FROM members WHERE project_id > 2 ORDER BY 1'))).toEqual([
      '1',
      '3',
    ]);
    expect(await target.rows('SELECT * FROM users')).toEqual(before['users']);
  });

  it('hold the restore to what the plan shows', async () => {
    await target.run(bo);
    const { plan_id } = (await call('preview', { missing: forBo })).body;
    for (const missing of [undefined, {}, { ...forBo, 'tasks.author_id': { use: 1 } }]) {
      expect((await refused({ missing, plan_id })).detail).toContain('The plan is for');
    }
  });

  it.each<[string, object, RegExp]>([
    ['names no reference', { 'tasks.title': 'null' }, /"tasks\.title" is none of .*tasks\.author_id/],
    ['names a reference within the project', { 'marks.task_id': 'null' }, /"marks\.task_id" is none of/],
    [
      'makes null of what never is',
      { 'tasks.author_id': 'null' },
      /tasks\.author_id cannot have the remedy "null"/,
    ],
    ['changes a key', { 'members.user_id': { use: 1 } }, /members\.user_id cannot have the remedy "use"/],
    ['changes rows without a key', { 'marks.by_id': 'null' }, /marks\.by_id cannot have the remedy "null"/],
    ['names a stand-in that is not there', { 'tasks.author_id': { use: 77 } }, /no row of users with id 77/],
    [
      'names a stand-in that is only almost there',
      { 'tasks.author_id': { use: '1x' } },
      /no row of users with id "1x"/,
    ],
    ['says something else', { 'tasks.author_id': 'drop' }, /missing/],
    ['says nothing', { 'tasks.author_id': {} }, /missing/],
    ['says too much', { 'tasks.author_id': { use: 1, or: 2 } }, /missing/],
  ])('are refused a remedy that %s', async (_, missing, sentence) => {
    for (const what of ['preview', 'restore'] as const) {
      const { status, body } = await call(what, { missing });
      expect([status, body.errors[0].field]).toEqual([400, 'missing']);
      expect(body.detail).toMatch(sentence);
    }
  });

  it('stay as they are where only the scope file says the reference, unless somebody chooses', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-missing-'));
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(
      HOLDFAST_PROJECTS_FILE,
      `databases: { default: { root: projects, references: { "remarks.project_id": projects, "remarks.writer": users }, shared: { users: everybody } } }`,
    );
    await target.run(`CREATE TABLE remarks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, writer INTEGER);
      INSERT INTO remarks VALUES (1, 1, 2), (2, 1, 1), (3, 2, 4)`);
    const declared = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    try {
      filename = (await (await ProjectBackups.of(declared)).create(1)).filename;
      await target.run(`DELETE FROM remarks WHERE id = 1; ${bo}`);
      const asAdmin = await declared.asSuperadmin();
      const body = { filename, tables: ['remarks'] };
      const preview = await asAdmin('POST', '/api/v1/projects/1/backup/preview', body);
      expect([preview.body.conflicts, preview.body.missing[0]]).toMatchObject([
        [],
        { reference: 'remarks.writer', remedy: 'keep' },
      ]);
      const restore = (missing?: object) =>
        asAdmin('POST', '/api/v1/projects/1/backup/restore', { ...body, missing });
      expect((await restore({ 'remarks.writer': 'refuse' })).body.detail).toMatch(
        /Rows of remarks \(id=1\) refer by writer/,
      );
      expect((await restore()).status).toBe(200);
      expect(plain(await target.rows('SELECT writer FROM remarks ORDER BY id'))).toEqual(['2', '1', '4']);
      expect((await restore({ 'remarks.writer': 'null' })).status).toBe(200);
      expect(plain(await target.rows('SELECT writer FROM remarks ORDER BY id'))).toEqual(['null', '1', '4']);
    } finally {
      await declared.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
