import { rowsOf } from '../factories/rows-of.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

/** Pages hang below pages, of which only the topmost name their project; a page has a cover, which hangs on a page. */
const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
  CREATE TABLE pages (id INTEGER PRIMARY KEY, project_id INTEGER, parent_id INTEGER, cover VARCHAR(20), title VARCHAR(20),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (parent_id) REFERENCES pages (id) ON DELETE CASCADE);
  CREATE TABLE covers (code VARCHAR(20) NOT NULL PRIMARY KEY, page_id INTEGER, below VARCHAR(20),
    FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE,
    FOREIGN KEY (below) REFERENCES covers (code) ON DELETE CASCADE);
  CREATE TABLE inserts (id INTEGER PRIMARY KEY, cover VARCHAR(20), page_id INTEGER NOT NULL,
    FOREIGN KEY (cover) REFERENCES covers (code) ON DELETE CASCADE,
    FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE);
  CREATE TABLE loose (weight INTEGER, cover VARCHAR(20), page_id INTEGER,
    FOREIGN KEY (cover) REFERENCES covers (code) ON DELETE CASCADE,
    FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE);
  INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
  INSERT INTO pages VALUES (1, 1, NULL, NULL, 'top'), (3, NULL, 1, NULL, 'child'), (2, NULL, 3, NULL, 'grandchild'),
    (9, NULL, 2, NULL, 'deep'), (5, NULL, NULL, NULL, 'nobody''s'), (6, NULL, 5, NULL, 'nobody''s child'),
    (20, 2, NULL, NULL, 'other top'), (21, NULL, 20, NULL, 'other child'), (22, NULL, 21, NULL, 'other grandchild');
  INSERT INTO covers VALUES ('red', 9, NULL), ('blue', NULL, 'red'), ('green', NULL, 'blue'), ('grey', 22, NULL),
    ('white', NULL, 'grey'), ('none', NULL, NULL), ('mine', 6, NULL);
  INSERT INTO inserts VALUES (1, 'green', 2), (2, NULL, 9), (3, 'white', 22);
  INSERT INTO loose VALUES (1, 'green', NULL), (1, 'green', NULL), (2, NULL, 3), (3, 'white', NULL), (4, NULL, NULL)`;

/** From below: MySQL goes down a tree only so far by itself. */
const branch = `DELETE FROM loose WHERE weight IN (1, 2); DELETE FROM inserts WHERE id IN (1, 2);
  DELETE FROM covers WHERE code = 'green'; DELETE FROM covers WHERE code = 'blue'; DELETE FROM covers WHERE code = 'red';
  DELETE FROM pages WHERE id = 9; DELETE FROM pages WHERE id = 2; DELETE FROM pages WHERE id = 3`;

describeOnEngines('A project whose rows belong only by each other', (engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeEach(async () => {
    target = await open();
    await target.run(tables);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  async function comesBackAfter(...damage: string[]): Promise<void> {
    const before = await everything(target);
    const { filename } = await backups.create(1);
    await target.run(damage.join(';'));
    expect(await everything(target)).not.toEqual(before);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  }

  it('has all of them in its backup, and nobody else’s', async () => {
    const { path, data_summary } = await backups.create(1);
    expect(data_summary).toEqual({ projects: 1, pages: 4, covers: 3, inserts: 2, loose: 3 });
    expect(await rowsOf(path, 'pages', 'id')).toEqual([1, 2, 3, 9]);
    expect(await rowsOf(path, 'covers', 'code')).toEqual(['blue', 'green', 'red']);
    const { scope } = (await backups.status(1)).body.system_status;
    expect(scope).toMatchObject({ complete: true, unclassified: [] });
  });

  it.each([
    ['a whole branch is gone', branch],
    ['all is gone', `${branch}; DELETE FROM pages WHERE id = 1; DELETE FROM projects WHERE id = 1`],
    ['a branch hangs elsewhere', 'UPDATE pages SET parent_id = 1 WHERE id = 9'],
    [
      'the tree stands on its head',
      'UPDATE pages SET project_id = NULL, parent_id = 3 WHERE id = 1; UPDATE pages SET project_id = 1, parent_id = NULL WHERE id = 3',
    ],
    [
      'texts are changed all over',
      `UPDATE pages SET title = 'x' WHERE id IN (1, 2, 3, 9); UPDATE covers SET page_id = 2 WHERE code = 'red'`,
    ],
    ['a chain of tables is cut in the middle', `DELETE FROM covers WHERE code = 'blue'`],
    ['rows without a key are gone', 'DELETE FROM loose WHERE weight = 1'],
    [
      'there are new branches',
      `INSERT INTO pages VALUES (30, NULL, 9, NULL, 'new'), (31, NULL, 30, NULL, 'newer'), (4, NULL, 31, NULL, 'newest');
       INSERT INTO covers VALUES ('black', 4, NULL), ('brown', NULL, 'black'); INSERT INTO inserts VALUES (7, 'brown', 4);
       INSERT INTO loose VALUES (8, 'brown', NULL)`,
    ],
  ])('comes back when %s', async (_, damage) => {
    await comesBackAfter(damage);
  });

  it('is refused when a branch of it hangs in two projects', async () => {
    await target.run('UPDATE pages SET project_id = 2 WHERE id = 2');
    for (const project of [1, 2]) {
      const { status, body } = await backups.tryCreate(project);
      expect([status, body.code]).toEqual([422, 'scope-leak']);
      expect(body.detail).toContain('id=2');
    }
  });

  it('comes back from a chain as long as ten thousand rows', async () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, at) => `(${1000 + at}, NULL, ${at === 0 ? 9 : 999 + at}, NULL, 'c')`,
    );
    // Of itself it has no index of the columns of a foreign key.
    if (engine === 'PostgreSQL') await target.run('CREATE INDEX children ON pages (parent_id)');
    for (let at = 0; at < rows.length; at += 500) {
      await target.run(`INSERT INTO pages VALUES ${rows.slice(at, at + 500).join(', ')}`);
    }
    if (engine === 'PostgreSQL') await target.run('ANALYZE pages');
    await comesBackAfter(
      `UPDATE pages SET title = 'x' WHERE id = 10500`,
      `UPDATE pages SET parent_id = 9 WHERE id = 6000`,
    );
  }, 60_000);
});
