import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEveryEngine, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

describeOnEveryEngine('A project whose tables', (engine, open) => {
  let target: Target;
  let service: RunningApp | undefined;
  let backups: ProjectBackups;

  beforeEach(async () => {
    target = await open();
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await target.drop();
  });

  const isSqlite = engine === 'SQLite';
  const tellsCase = isSqlite || engine === 'PostgreSQL';
  const onMysql = (title: string, test: () => Promise<void>) => tellsCase || it(title, test);
  const onSqlite = (title: string, test: () => Promise<void>) => isSqlite && it(title, test);

  async function prepare(sql: string): Promise<void> {
    await target.run(sql);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
  }

  /** Backs up, damages, restores, and proves that everything in the database is as before. */
  async function comesBackAfter(damage: string, project: number | string = 1): Promise<void> {
    const before = await everything(target);
    const { filename } = await backups.create(project);
    await target.run(damage);
    expect(await everything(target)).not.toEqual(before);
    const { status, body } = await backups.restore(project, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
  }

  const a = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
  const b = '3f2504e0-4f89-11d3-9a0c-0305e82c3302';
  const uuids = `
    CREATE TABLE projects (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(50));
    CREATE TABLE pages (id CHAR(36) NOT NULL PRIMARY KEY, project_id CHAR(36) NOT NULL, title VARCHAR(50),
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE TABLE words (page_id CHAR(36) NOT NULL, place INTEGER NOT NULL, word VARCHAR(20) NOT NULL,
      PRIMARY KEY (page_id, place, word), FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE);
    INSERT INTO projects VALUES ('${a}', 'A'), ('${b}', 'B');
    INSERT INTO pages VALUES ('b1', '${a}', 'x'), ('a1', '${a}', 'y'), ('c2', '${b}', 'z');
    INSERT INTO words VALUES ('a1', 10, 'ten'), ('a1', 9, 'nine'), ('a1', 9, 'neun'), ('b1', -1, ''), ('c2', 1, 'one')`;

  it('have keys of text and of several columns comes back', async () => {
    await prepare(uuids);
    await comesBackAfter(
      `DELETE FROM words WHERE place = 9 AND word = 'nine'; UPDATE words SET place = 11 WHERE place = 10;
       UPDATE pages SET title = 'X' WHERE id = 'b1'; INSERT INTO pages VALUES ('aa', '${a}', 'new')`,
      a,
    );
    await comesBackAfter(
      `DELETE FROM words WHERE page_id <> 'c2'; DELETE FROM pages WHERE id < 'c'; DELETE FROM projects WHERE name = 'A'`,
      a,
    );
  });

  it('have keys that differ in case only does not touch the other project', async () => {
    await prepare(uuids);
    const { filename } = await backups.create(a);
    await target.run(
      `DELETE FROM words WHERE page_id <> 'c2'; DELETE FROM pages WHERE id < 'c'; DELETE FROM projects WHERE name = 'A';
       INSERT INTO projects VALUES ('${a.toUpperCase()}', 'Other'); INSERT INTO pages VALUES ('d1', '${a.toUpperCase()}', 'mine')`,
    );
    const others = await everything(target);
    const { status, body } = await backups.restore(a, filename);
    if (tellsCase) {
      expect(status).toBe(200);
      expect((await everything(target))['pages']).toEqual(expect.arrayContaining(others['pages'] ?? []));
    } else {
      // Their collation takes the two for one.
      expect([status, body.code]).toEqual([409, 'conflict']);
      expect(await everything(target)).toEqual(others);
    }
  });

  it('have keys at the ends of what integers can be comes back', async () => {
    const type = isSqlite ? 'INTEGER' : 'BIGINT';
    const last = '9223372036854775807';
    await prepare(
      `CREATE TABLE projects (id ${type} NOT NULL PRIMARY KEY, name VARCHAR(9));
       CREATE TABLE pages (id ${type} NOT NULL PRIMARY KEY, project_id ${type} NOT NULL,
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       INSERT INTO projects VALUES (${last}, 'last'), (9223372036854775806, 'before');
       INSERT INTO pages VALUES (-9223372036854775808, ${last}), (-1, ${last}), (9, ${last}), (10, ${last}),
         (9007199254740991, ${last}), (9007199254740993, ${last}), (9007199254740992, 9223372036854775806)`,
    );
    await comesBackAfter(
      `DELETE FROM pages WHERE id IN (-1, 10, 9007199254740993); INSERT INTO pages VALUES (5, ${last})`,
      last,
    );
    await comesBackAfter(`DELETE FROM projects WHERE id = ${last}`, last);
  });

  it('refer to a key that is not the primary one comes back', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, slug VARCHAR(20) NOT NULL UNIQUE);
       CREATE TABLE pages (code VARCHAR(20) NOT NULL UNIQUE, slug VARCHAR(20) NOT NULL,
         FOREIGN KEY (slug) REFERENCES projects (slug) ON DELETE CASCADE ON UPDATE CASCADE);
       INSERT INTO projects VALUES (1, 'one'), (2, 'two');
       INSERT INTO pages VALUES ('b', 'one'), ('B2', 'one'), ('c', 'two')`,
    );
    await comesBackAfter(`UPDATE projects SET slug = 'uno' WHERE id = 1; DELETE FROM pages WHERE code = 'b'`);
  });

  it('change in the case of a key comes back', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE tags (project_id INTEGER NOT NULL, word VARCHAR(20) NOT NULL, PRIMARY KEY (project_id, word),
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
       INSERT INTO tags VALUES (1, 'red'), (1, 'blue'), (1, 'Ärger'), (2, 'RED')`,
    );
    await comesBackAfter(
      `UPDATE tags SET word = 'RED' WHERE project_id = 1 AND word = 'red'; UPDATE tags SET word = 'ärger' WHERE word = 'Ärger'`,
    );
  });

  it('refer back to the project row comes back', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, parent_id INTEGER, main_id INTEGER,
         FOREIGN KEY (parent_id) REFERENCES projects (id)${isSqlite ? ', FOREIGN KEY (main_id) REFERENCES pages (id)' : ''});
       CREATE TABLE pages (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL,
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       ${isSqlite ? '' : 'ALTER TABLE projects ADD FOREIGN KEY (main_id) REFERENCES pages (id);'}
       INSERT INTO projects VALUES (1, NULL, NULL), (2, 1, NULL);
       INSERT INTO pages VALUES (10, 1), (11, 1), (20, 2); UPDATE projects SET main_id = 10 * id`,
    );
    await comesBackAfter('UPDATE projects SET main_id = 11 WHERE id = 1; DELETE FROM pages WHERE id = 10');
    await target.run('UPDATE projects SET main_id = 20 WHERE id = 1');
    expect((await backups.tryCreate(1)).body.code).toBe('scope-leak');
  });

  it('may belong by several ways comes back, but for rows that belong to nobody', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE areas (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL,
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       CREATE TABLE files (id INTEGER PRIMARY KEY, project_id INTEGER, area_id INTEGER, above_id INTEGER, name VARCHAR(20),
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
         FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE,
         FOREIGN KEY (above_id) REFERENCES files (id) ON DELETE CASCADE);
       INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
       INSERT INTO areas VALUES (10, 1), (20, 2);
       INSERT INTO files VALUES (1, 1, NULL, NULL, 'a'), (2, NULL, 10, 1, 'b'), (3, 1, 10, 2, 'c'), (4, NULL, NULL, NULL, 'd'),
         (5, NULL, 20, NULL, 'e'), (6, 2, 20, NULL, 'f'), (7, NULL, NULL, 4, 'g')`,
    );
    await comesBackAfter(
      `DELETE FROM files WHERE id = 3; UPDATE files SET name = 'B' WHERE id = 2; INSERT INTO files VALUES (8, NULL, 10, NULL, 'h')`,
    );
    const { scope } = (await backups.status(1)).body.system_status;
    expect(scope.unclassified).toEqual([]);
    await comesBackAfter(`INSERT INTO files VALUES (9, 1, NULL, NULL, 'new'), (99, NULL, NULL, 9, 'below')`);
  });

  it('are pointed at by shared rows comes back, and the shared rows stay', async () => {
    await prepare(
      `CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), last_project_id INTEGER${isSqlite ? ' REFERENCES projects (id)' : ''});
       CREATE TABLE projects (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, FOREIGN KEY (owner_id) REFERENCES users (id));
       ${isSqlite ? '' : 'ALTER TABLE users ADD FOREIGN KEY (last_project_id) REFERENCES projects (id);'}
       INSERT INTO users VALUES (1, 'Ada', NULL), (2, 'Bob', NULL), (3, 'Cy', NULL); INSERT INTO projects VALUES (1, 1), (2, 2);
       UPDATE users SET last_project_id = 1 WHERE id = 1; UPDATE users SET last_project_id = 2 WHERE id = 2`,
    );
    const { scope } = (await backups.status(1)).body.system_status;
    const reason = expect.stringContaining('last_project_id, which may be null');
    expect(scope.unclassified).toEqual([{ table: 'users', reason }]);
    const { filename, data_summary } = await backups.create(1);
    expect(data_summary).toEqual({ projects: 1 });
    await target.run(
      `INSERT INTO users VALUES (4, 'Di', 1); UPDATE users SET name = 'Bea', last_project_id = 1 WHERE id = 2;
       UPDATE projects SET owner_id = 4 WHERE id = 1`,
    );
    const users = await target.rows('SELECT * FROM users ORDER BY id');
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await target.rows('SELECT * FROM users ORDER BY id')).toEqual(users);
    expect(await target.rows('SELECT owner_id FROM projects ORDER BY id')).toHaveLength(2);
    expect((await everything(target))['projects']?.join()).toMatch(isSqlite ? '1|1,2|2' : '"1"|"1","2"|"2"');
  });

  it('have a tree by a reference that may be null comes back, and leaks by it are seen', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE pages (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, parent_id INTEGER, title VARCHAR(20),
         FOREIGN KEY (project_id) REFERENCES projects (id), FOREIGN KEY (parent_id) REFERENCES pages (id));
       INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
       INSERT INTO pages VALUES (10, 1, NULL, 'a'), (11, 1, 10, 'b'), (12, 1, 11, 'c'), (20, 2, NULL, 'd'), (21, 2, 20, 'e')`,
    );
    expect((await backups.status(1)).body.system_status.scope.complete).toBe(true);
    await comesBackAfter(
      `DELETE FROM pages WHERE id = 12; UPDATE pages SET parent_id = NULL, title = 'B' WHERE id = 11; INSERT INTO pages VALUES (13, 1, 11, 'f')`,
    );
    await target.run('UPDATE pages SET parent_id = 20 WHERE id = 11');
    expect((await backups.tryCreate(1)).body.code).toBe('scope-leak');
  });

  it('hold more rows than any batch comes back, and its neighbour is left alone', async () => {
    const rows = Array.from(
      { length: 7_000 },
      (_, index) => `(${index}, ${1 + (index % 3 === 0 ? 1 : 0)}, 'row ${index}')`,
    );
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20));
       CREATE TABLE pages (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, body VARCHAR(50),
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       CREATE TABLE loose (n INTEGER, project_id INTEGER NOT NULL, body VARCHAR(50),
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
       INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
       INSERT INTO pages VALUES ${rows.join(',')}; INSERT INTO loose SELECT * FROM pages;
       INSERT INTO loose SELECT * FROM pages WHERE id < 2500`,
    );
    await comesBackAfter(
      `DELETE FROM pages WHERE project_id = 1 AND id % 2 = 0; UPDATE pages SET body = 'x' WHERE project_id = 1 AND id % 5 = 0;
       INSERT INTO pages SELECT id + 100000, 1, body FROM pages WHERE id % 7 = 0; DELETE FROM loose WHERE project_id = 1 AND n % 2 = 1`,
    );
  });

  it('refuse rows by a constraint does not take a forged one', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, age INTEGER NOT NULL CHECK (age > 0));
       INSERT INTO projects VALUES (1, 5), (2, 6)`,
    );
    const before = await everything(target);
    for (const forged of ['[1,-5]', '[1,null]']) {
      const { filename, path } = await backups.create(1);
      await backups.forge(path, (text) => text.replace('[1,5]', forged));
      const { status, body } = await backups.restore(1, filename);
      expect([status, body.code]).toEqual([422, 'artefact-unfit']);
      expect(await everything(target)).toEqual(before);
    }
  });

  onMysql('have no transactions is not restored', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20)) ENGINE = MyISAM;
       INSERT INTO projects VALUES (1, 'One')`,
    );
    const { filename } = await backups.create(1);
    await target.run(`UPDATE projects SET name = 'Other'`);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain('projects have no transactions');
    expect(await target.rows('SELECT name FROM projects')).toEqual(['"Other"']);
  });

  onSqlite('hold in a column whatever SQLite lets in comes back', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
       CREATE TABLE kinds (k INT, project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE, v, PRIMARY KEY (k, v)) WITHOUT ROWID;
       CREATE TABLE codes (code TEXT PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE, v);
       CREATE TABLE years (y YEAR NOT NULL PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE, v);
       CREATE TABLE strict_ones (id INTEGER PRIMARY KEY, p INT NOT NULL REFERENCES projects, a ANY, r REAL, b BLOB) STRICT;
       INSERT INTO projects VALUES (1, 'One'), (2, 'Two');
       INSERT INTO kinds VALUES (1, 1, 1), (1, 1, 1.5), (1, 1, '1'), (1, 1, x'31'), (2.5, 1, 0), (10, 1, 0), ('x', 1, 0),
         ('10x', 1, 0), (x'00', 1, 0), (9, 2, 0);
       INSERT INTO codes VALUES ('a', 1, 1), ('A', 1, 2), (NULL, 1, 3), ('b', 2, 4);
       INSERT INTO years VALUES (9, 1, 0), (10, 1, 0), (100, 1, 0), ('x', 1, 0), (11, 2, 0);
       INSERT INTO strict_ones VALUES (1, 1, 1.0, 1, x'00'), (2, 1, '1', -0.0, NULL), (3, 1, x'31', 9e999, x'')`,
    );
    await comesBackAfter(
      `DELETE FROM kinds WHERE k IN (1, 10); UPDATE codes SET v = 9; UPDATE codes SET v = 4 WHERE project_id = 2;
       DELETE FROM years WHERE y = 10; UPDATE years SET v = 1 WHERE y = 100; DELETE FROM strict_ones`,
    );
    await comesBackAfter('DELETE FROM strict_ones; DELETE FROM projects WHERE id = 1');
  });

  onSqlite('have several rows with the key NULL is refused where it cannot tell them apart', async () => {
    await prepare(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
       CREATE TABLE codes (code TEXT PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE, v);
       INSERT INTO projects VALUES (1, 'One'); INSERT INTO codes VALUES (NULL, 1, 1), (NULL, 1, 2), ('x', 1, 3)`,
    );
    const { filename } = await backups.create(1);
    await target.run('UPDATE codes SET v = 9 WHERE v = 2');
    const before = await everything(target);
    expect((await backups.restore(1, filename)).status).toBe(409);
    expect(await everything(target)).toEqual(before);
  });
});
