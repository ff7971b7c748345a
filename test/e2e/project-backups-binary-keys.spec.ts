import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

/** As applications keep UUIDs that care for space. The second differs from the first by one letter's case as text. */
const a = '4a000000000000000000000000000001';
const b = '6a000000000000000000000000000001';

describeOnEngines('Projects whose keys are bytes', (engine, open) => {
  const binary = engine === 'SQLite' ? 'BLOB' : 'BINARY(16)';
  const tables = `
    CREATE TABLE projects (id ${binary} NOT NULL PRIMARY KEY, name VARCHAR(50));
    CREATE TABLE pages (id ${binary} NOT NULL PRIMARY KEY, project_id ${binary} NOT NULL, title VARCHAR(50),
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE TABLE words (page_id ${binary} NOT NULL, place INTEGER NOT NULL, word VARCHAR(20) NOT NULL,
      PRIMARY KEY (page_id, place), FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE);
    CREATE TABLE comments (id ${binary} NOT NULL PRIMARY KEY, page_id ${binary}, answers ${binary},
      FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE, FOREIGN KEY (answers) REFERENCES comments (id) ON DELETE CASCADE);
    INSERT INTO projects VALUES (X'${a}', 'A'), (X'${b}', 'B');
    INSERT INTO pages VALUES (X'01${a.slice(2)}', X'${a}', 'x'), (X'FF${a.slice(2)}', X'${a}', 'y'), (X'02${b.slice(2)}', X'${b}', 'z');
    INSERT INTO words VALUES (X'01${a.slice(2)}', 1, 'one'), (X'FF${a.slice(2)}', 1, 'eins'), (X'02${b.slice(2)}', 1, 'un');
    INSERT INTO comments VALUES (X'09${a.slice(2)}', X'01${a.slice(2)}', NULL), (X'03${a.slice(2)}', NULL, X'09${a.slice(2)}'),
      (X'05${b.slice(2)}', X'02${b.slice(2)}', NULL)`;

  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;

  beforeEach(async () => {
    target = await open();
    await target.run(tables);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  it('are listed by their hexadecimal digits', async () => {
    const { body } = await api('GET', '/api/v1/projects?sort=id');
    expect(body.projects).toEqual([
      { id: a, name: 'A', role: 'admin' },
      { id: b, name: 'B', role: 'admin' },
    ]);
  });

  it('come back, also when they are gone, and nobody else’s rows are touched', async () => {
    const before = await everything(target);
    const { filename, data_summary } = await backups.create(a);
    expect(filename).toMatch(new RegExp(`^project_${a}_backup_`));
    expect(data_summary).toEqual({ projects: 1, pages: 2, words: 2, comments: 2 });
    const verified = await api('POST', `/api/v1/projects/${a}/backup/${filename}/verify`, {
      level: 'restorable',
    });
    expect([verified.status, verified.body.detail]).toEqual([200, undefined]);
    await target.run(
      `DELETE FROM comments WHERE answers IS NOT NULL; DELETE FROM words WHERE word = 'eins'; UPDATE pages SET title = 'X' WHERE title = 'x'`,
    );
    expect((await backups.restore(a, filename)).body.detail).toBeUndefined();
    expect(await everything(target)).toEqual(before);
    await target.run(
      `DELETE FROM comments WHERE id <> X'05${b.slice(2)}'; DELETE FROM words WHERE word <> 'un'; DELETE FROM pages WHERE title <> 'z'; DELETE FROM projects WHERE name = 'A'`,
    );
    const preview = await api('POST', `/api/v1/projects/${a}/backup/preview`, { filename });
    expect([preview.status, preview.body.conflicts]).toEqual([200, []]);
    expect((await backups.restore(a, filename)).body.detail).toBeUndefined();
    expect(await everything(target)).toEqual(before);
  });

  it('are found in a full backup', async () => {
    const full = (await api('POST', '/api/v1/backup', {})).body.filename;
    await target.run(`UPDATE pages SET title = 'X'`);
    const { status, body } = await api('POST', `/api/v1/projects/${a}/backup/extract`, {
      full_filename: full,
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.backup.data_summary).toEqual({ projects: 1, pages: 2, words: 2, comments: 2 });
  });

  it('become others in a copy', async () => {
    const { filename, data_summary } = await backups.create(a);
    const { status, body } = await api('POST', `/api/v1/projects/${a}/backup/restore`, {
      filename,
      mode: 'copy',
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    const { project_id } = body.restore_summary.copy;
    expect(project_id).toMatch(/^[0-9a-f]{32}$/);
    expect((await backups.create(project_id)).data_summary).toEqual(data_summary);
    expect((await backups.create(a)).data_summary).toEqual(data_summary);
  });

  it('are not found by another spelling', async () => {
    for (const id of [a.toUpperCase(), `0x${a}`, a.slice(1), `${a}00`, 'A'])
      expect([id, (await backups.tryCreate(id)).status]).toEqual([id, 404]);
    const { filename } = await backups.create(a);
    expect((await backups.restore(b, filename)).status).toBe(404);
  });

  it('have members of their own', async () => {
    const user = await service.createUser('user');
    await api('PUT', `/api/v1/projects/${a}/members`, { user_id: user.id, role: 'admin' });
    const asUser = service.api(user.token);
    expect((await asUser('GET', '/api/v1/projects')).body.projects).toEqual([
      { id: a, name: 'A', role: 'admin' },
    ]);
    expect((await asUser('POST', `/api/v1/projects/${a}/backup`, {})).status).toBe(200);
    expect((await asUser('POST', `/api/v1/projects/${b}/backup`, {})).status).toBe(404);
  });
});
