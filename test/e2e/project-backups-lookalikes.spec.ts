import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { rowsOf } from '../factories/rows-of.js';
import { describeOnEveryEngine, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

describeOnEveryEngine('Projects whose keys a comparison may take for one', (engine, open) => {
  const onMysql = ['MySQL', 'MariaDB'].includes(engine);
  const exact = onMysql ? 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : '';
  const loose = onMysql ? 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci' : 'COLLATE nocase';
  let target: Target;
  let folder: string;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeEach(async () => {
    target = await open();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-lookalikes-'));
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(tables: string, rules: string): Promise<void> {
    if (engine === 'PostgreSQL') {
      const locale = `provider = icu, locale = 'und-u-ks-level2', deterministic = false`;
      await target.run(`CREATE COLLATION nocase (${locale})`);
    }
    await target.run(tables);
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, `databases: { default: { ${rules} } }`);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    backups = await ProjectBackups.of(service);
  }

  /** Backs up, damages, restores: a backup holds these ids of each table, and nothing else is written than was damaged. */
  async function holds(project: string, ids: Record<string, unknown[]>, damage: string): Promise<void> {
    const before = await everything(target);
    const { path, filename } = await backups.create(project);
    for (const [table, wanted] of Object.entries(ids)) {
      expect([table, await rowsOf(path, table, 'id')]).toEqual([table, wanted]);
    }
    await target.run(damage);
    const { status, body } = await backups.restore(project, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  }

  /** A copy has as many rows of each table, and the original has its own still. */
  async function canBeCopied(project: string, body: object = {}): Promise<void> {
    const { filename, data_summary } = await backups.create(project);
    const api = await service.asSuperadmin();
    const route = `/api/v1/projects/${project}/backup/restore`;
    const answer = await api('POST', route, { filename, mode: 'copy', ...body });
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    const { project_id } = answer.body.restore_summary.copy;
    expect((await backups.create(project_id as string)).data_summary).toEqual(data_summary);
    expect((await backups.create(project)).data_summary).toEqual(data_summary);
  }

  it('are told apart where what refers to them has a looser collation', async () => {
    await start(
      `CREATE TABLE shops (id VARCHAR(20) ${exact} NOT NULL PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE items (id VARCHAR(20) ${exact} NOT NULL PRIMARY KEY, shop VARCHAR(20) ${loose} NOT NULL, name VARCHAR(20));
       CREATE TABLE parts (id INTEGER PRIMARY KEY, item VARCHAR(20) ${loose} NOT NULL, name VARCHAR(20));
       CREATE TABLE notes (id VARCHAR(20) ${exact} NOT NULL PRIMARY KEY, shop VARCHAR(20) ${loose}, below VARCHAR(20) ${loose});
       CREATE TABLE marks (id INTEGER PRIMARY KEY, note VARCHAR(20) ${loose} NOT NULL);
       INSERT INTO shops VALUES ('abc', 'One'), ('ABC', 'Two');
       INSERT INTO items VALUES ('a', 'abc', 'ours'), ('A', 'ABC', 'theirs');
       INSERT INTO parts VALUES (1, 'a', 'ours'), (2, 'A', 'theirs');
       INSERT INTO notes VALUES ('n', 'abc', NULL), ('m', NULL, 'n'), ('N', 'ABC', NULL), ('M', NULL, 'N');
       INSERT INTO marks VALUES (1, 'm'), (2, 'M')`,
      `root: shops, references: { items.shop: shops, parts.item: items, notes.shop: shops, notes.below: notes, marks.note: notes }`,
    );
    await holds(
      'abc',
      { items: ['a'], parts: [1], notes: ['m', 'n'], marks: [1] },
      `DELETE FROM marks WHERE id = 1; DELETE FROM parts WHERE id = 1; UPDATE items SET name = 'x' WHERE name = 'ours';
       INSERT INTO parts VALUES (3, 'a', 'new'); INSERT INTO notes VALUES ('o', 'abc', NULL)`,
    );
  });

  it('are one where the collation of the key itself says so', async () => {
    await start(
      `CREATE TABLE shops (id VARCHAR(20) ${loose} NOT NULL PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE items (id INTEGER PRIMARY KEY, shop VARCHAR(20) ${exact} NOT NULL);
       CREATE TABLE parts (id VARCHAR(20) ${loose} NOT NULL PRIMARY KEY, item INTEGER NOT NULL);
       CREATE TABLE bolts (id INTEGER PRIMARY KEY, part VARCHAR(20) ${exact} NOT NULL);
       INSERT INTO shops VALUES ('abc', 'One'), ('other', 'Two');
       INSERT INTO items VALUES (1, 'abc'), (2, 'ABC'), (9, 'other');
       INSERT INTO parts VALUES ('a', 1), ('b', 9);
       INSERT INTO bolts VALUES (1, 'a'), (2, 'A'), (9, 'B')`,
      `root: shops, references: { items.shop: shops, parts.item: items, bolts.part: parts }`,
    );
    await holds(
      'abc',
      { items: [1, 2], parts: ['a'], bolts: [1, 2] },
      `DELETE FROM bolts WHERE id IN (1, 2)`,
    );
  });

  it('are told apart where texts hold numbers that are beyond the digits of a double', async () => {
    await start(
      `CREATE TABLE teams (id BIGINT PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE tasks (id BIGINT PRIMARY KEY, team_id BIGINT NOT NULL);
       CREATE TABLE notes (id INTEGER PRIMARY KEY, team_id VARCHAR(30) NOT NULL, task_id VARCHAR(30));
       CREATE TABLE comments (id INTEGER PRIMARY KEY, on_type VARCHAR(30), on_id VARCHAR(30));
       INSERT INTO teams VALUES (9007199254740992, 'One'), (9007199254740993, 'Two');
       INSERT INTO tasks VALUES (9007199254740994, 9007199254740992), (9007199254740995, 9007199254740993);
       INSERT INTO notes VALUES (1, '9007199254740992', '9007199254740994'), (2, '9007199254740993', '9007199254740995');
       INSERT INTO comments VALUES (1, 'task', '9007199254740994'), (2, 'task', '9007199254740995'),
         (3, 'team', '9007199254740992'), (4, 'team', '9007199254740993'), (5, 'note', '1'), (6, 'note', '1x'), (7, 'note', '2')`,
      `root: teams, references: { tasks.team_id: teams, notes.team_id: teams, notes.task_id: tasks },
       polymorphic: [{ table: comments, type: on_type, id: on_id, tables: { task: tasks, team: teams, note: notes } }]`,
    );
    await holds(
      '9007199254740992',
      { notes: [1], tasks: [{ $int: '9007199254740994' }], comments: [1, 3, 5] },
      'DELETE FROM comments WHERE id IN (1, 3, 5); DELETE FROM notes WHERE id = 1',
    );
    await canBeCopied('9007199254740992');
    // The check of all ways tells them apart, too.
    await target.run(`UPDATE notes SET task_id = '9007199254740995' WHERE id = 1`);
    expect((await backups.tryCreate('9007199254740992')).body.code).toBe('scope-leak');
  });

  it('are found by a number where they are texts, and nothing else is', async () => {
    await start(
      `CREATE TABLE teams (id VARCHAR(20) NOT NULL PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE notes (id INTEGER PRIMARY KEY, team_id INTEGER);
       CREATE TABLE words (id VARCHAR(20) NOT NULL PRIMARY KEY, team_id VARCHAR(20) NOT NULL);
       CREATE TABLE marks (id INTEGER PRIMARY KEY, word INTEGER);
       CREATE TABLE stars (id INTEGER PRIMARY KEY, kind INTEGER, on_id INTEGER);
       INSERT INTO teams VALUES ('1', 'One'), ('2', 'Two'), ('ab', 'Three');
       INSERT INTO notes VALUES (1, 1), (2, 2), (3, 0);
       INSERT INTO words VALUES ('x', '1'), ('7', '1'), ('8', '2');
       INSERT INTO marks VALUES (1, 7), (2, 8), (3, 0);
       INSERT INTO stars VALUES (1, 5, 1), (2, 5, 2), (3, 6, 1)`,
      `root: teams, references: { notes.team_id: teams, words.team_id: teams, marks.word: words },
       polymorphic: [{ table: stars, type: kind, id: on_id, tables: { "5": notes } }]`,
    );
    const ours = { notes: [1], words: ['7', 'x'], marks: [1], stars: [1] };
    await holds('1', ours, 'DELETE FROM marks WHERE id = 1; DELETE FROM stars WHERE id = 1');
    await canBeCopied('1', { project_id: '77', rename: { 'words.id': { suffix: '0' } } });
    await holds('ab', { notes: [], words: [], marks: [] }, `UPDATE teams SET name = 'x' WHERE id = 'ab'`);
  });
});
