import { createLocalization, removeStrings, resetLocalization } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { triggerSql } from '../factories/trigger.js';
import { type Answer, type RunningApp, startApp } from '../support/app.js';

describeOnEngines('A project backup or restore that would do harm', (engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(() => resetLocalization(target));

  /** Backs a project up, changes the database, and proves that the restore then changes nothing, nor leaves an undo. */
  async function refusedAfter(sql: string, project = 1): Promise<Answer> {
    const { filename } = await backups.create(project);
    await target.run(sql);
    const before = await everything(target);
    const names = await backups.names(project);
    const answer = await backups.restore(project, filename);
    expect(await everything(target)).toEqual(before);
    expect(await backups.names(project)).toEqual(names);
    return answer;
  }

  const conflict = { status: 409, body: { code: 'conflict' } };

  it('is refused by name of the rows when a shared row that they need is gone', async () => {
    const answer = await refusedAfter(
      'DELETE FROM members WHERE user_id = 3; DELETE FROM users WHERE id = 3',
      2,
    );
    expect(answer).toMatchObject(conflict);
    expect(answer.body.detail).toContain(
      'Rows of members (project_id=2,user_id=3) refer by user_id to rows of users',
    );
  });

  it('is refused when the shared row is gone whose going set a value to null', async () => {
    const answer = await refusedAfter(
      `UPDATE members SET user_id = 1 WHERE project_id = 2 AND user_id = 3;
       UPDATE members SET user_id = 3 WHERE project_id = 2 AND user_id = 2;
       DELETE FROM members WHERE user_id = 3; DELETE FROM users WHERE id = 3`,
    );
    expect(answer).toMatchObject(conflict);
    expect(answer.body.detail).toContain('translator_id');
  });

  const aNewSection = `INSERT INTO sections VALUES (900, 10, NULL, 'new')`;
  it.each([
    ['that nobody owns, by SET NULL', `INSERT INTO reports VALUES (90, 900, 'about it')`, 'reports'],
    ['of another project, by CASCADE', `INSERT INTO sections VALUES (901, 20, 900, 'below it')`, 'sections'],
    ['of another project, in a cycle', 'UPDATE areas SET first_section_id = 900 WHERE id = 20', 'areas'],
  ])('is refused when a row would go to which a row refers %s', async (_, sql, table) => {
    const answer = await refusedAfter(`${aNewSection}; ${sql}`);
    expect(answer).toMatchObject(conflict);
    expect(answer.body.detail).toMatch(`Rows of ${table} refer to rows of sections`);
    expect(answer.body.detail).toContain('900');
  });

  it.each([
    ['was made anew', `${removeStrings('id = 1000')}; INSERT INTO strings VALUES (1000, 200, 'mine', 'now')`],
    ['was moved with all below it', 'UPDATE sections SET area_id = 20 WHERE id = 102'],
    ['was made anew in a unique key', `UPDATE strings SET section_id = 200, name = 'moved' WHERE id = 1009`],
  ])('is refused when a row now belongs to another project, where it %s', async (_, sql) => {
    expect(await refusedAfter(sql)).toMatchObject(conflict);
  });

  const leaks: [how: string, sql: string, named: string, projects: number[]][] = [
    [
      'by two ways',
      'UPDATE reviews SET area_id = 20 WHERE id IN (10000, 10020)',
      'id=10000; id=10020',
      [1, 2],
    ],
    ['by a tree', 'UPDATE sections SET parent_id = 200 WHERE id = 100', 'id=100', [1]],
    ['by a cycle', 'UPDATE areas SET first_section_id = 200 WHERE id = 10', 'id=10', [1]],
  ];

  it.each(leaks)('is refused when a row belongs to two projects %s', async (_, sql, named, projects) => {
    await target.run(sql);
    for (const project of projects) {
      const names = await backups.names(project);
      const { status, body } = await backups.tryCreate(project);
      expect([status, body.code]).toEqual([422, 'scope-leak']);
      expect(body.detail).toContain(`: ${named}. Correct`);
      expect(await backups.names(project)).toEqual(names);
    }
    expect((await backups.tryCreate(3)).status).toBe(200);
  });

  it('is refused when rows of another project would still refer to its own', async () => {
    const answer = await refusedAfter('UPDATE reviews SET area_id = 20 WHERE id = 10000', 2);
    expect([answer.status, answer.body.code]).toEqual([422, 'scope-leak']);
    expect(answer.body.detail).toContain('id=10000. Nothing was changed');
  });

  const trigger = (name: string, event: string, table: string, body: string) =>
    triggerSql(target.kind, { name, event, table, body });
  const onPostgres = engine === 'PostgreSQL';

  it.each([
    ['AFTER DELETE', `INSERT INTO news (body) VALUES ('fired')`],
    ['AFTER INSERT', `UPDATE projects SET name = 'fired' WHERE id = 2`],
    ['BEFORE INSERT', 'DELETE FROM reports'],
  ])('is refused when it would fire a trigger %s that writes', async (event, body) => {
    const answer = await refusedAfter(
      `UPDATE strings SET source = 'x' WHERE id = 1000; ${trigger('watch', event, 'strings', body)}`,
    );
    expect(answer).toMatchObject(conflict);
    expect(answer.body.detail).toContain('watch on strings');
  });

  // SQLite has no stored functions, and its triggers cannot change the row itself.
  const onServers = (title: string, test: () => Promise<void>) => engine === 'SQLite' || it(title, test);

  onServers('is refused when it would fire a trigger that calls a function, which may write', async () => {
    const writing = `INSERT INTO news (id, body) VALUES (77, 'fired')`;
    await target.run(
      onPostgres
        ? `CREATE FUNCTION bump() RETURNS INT LANGUAGE plpgsql AS $$BEGIN ${writing}; RETURN 1; END$$`
        : `CREATE FUNCTION bump() RETURNS INT DETERMINISTIC BEGIN ${writing}; RETURN 1; END`,
    );
    try {
      const calling = onPostgres ? 'PERFORM Bump()' : 'SET @x = Bump()';
      const answer = await refusedAfter(
        `UPDATE strings SET source = 'x' WHERE id = 1000; ${trigger('watch', 'AFTER INSERT', 'strings', calling)}`,
      );
      expect(answer).toMatchObject(conflict);
      expect(answer.body.detail).toContain('watch on strings');
    } finally {
      await target.run('DROP FUNCTION bump');
    }
  });

  it('is done when the triggers that write are on tables of which nothing changes', async () => {
    const { filename } = await backups.create(1);
    await target.run(trigger('watch', 'AFTER DELETE', 'members', `INSERT INTO news (body) VALUES ('fired')`));
    await target.run(`UPDATE strings SET source = 'x' WHERE id = 1000`);
    expect((await backups.restore(1, filename)).status).toBe(200);
  });

  it('is done when the triggers that write wait for an UPDATE, which a restore never does', async () => {
    const { filename } = await backups.create(1);
    const touch = `INSERT INTO news (id, body) VALUES (1000 + NEW.id, 'fired')`;
    await target.run(trigger('"touch me"', 'AFTER UPDATE', 'strings', touch).replaceAll('"', quoteMark()));
    await target.run(trigger('touch', 'BEFORE UPDATE', 'strings', 'DELETE FROM news WHERE id = 7'));
    await target.run(`UPDATE strings SET source = 'x' WHERE id = 1000`);
    const news = await target.rows('SELECT * FROM news');
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await target.rows('SELECT * FROM news')).toEqual(news);
  });

  const quoteMark = () => (target.kind === 'mysql' ? '`' : '"');

  onServers('is refused when a trigger makes other rows of those that are written', async () => {
    const change = `${onPostgres ? '' : 'SET '}NEW.source = CONCAT(NEW.source, '!')`;
    const answer = await refusedAfter(
      `UPDATE strings SET source = 'x' WHERE id = 1000; ${trigger('shout', 'BEFORE INSERT', 'strings', change)}`,
    );
    expect([answer.status, answer.body.code]).toEqual([422, 'restore-failed']);
  });

  it('is refused when a table of the project is gone since', async () => {
    const answer = await refusedAfter('DROP TABLE notes');
    expect([answer.status, answer.body.code]).toEqual([422, 'artefact-unfit']);
  });

  it('is refused for a project that is not there', async () => {
    expect((await backups.tryCreate(99)).status).toBe(404);
    expect((await backups.restore(99, 'x.json')).status).toBe(404);
  });
});
