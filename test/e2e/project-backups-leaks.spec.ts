import { readFile } from 'node:fs/promises';
import { createLocalization, resetLocalization, rowsOfOthers } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

describeOnEngines('A restore of a project whose rows also belong to another one', (_engine, open) => {
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

  const leaks: [how: string, sql: string, rows: string][] = [
    ['by two ways', 'UPDATE reviews SET area_id = 20 WHERE id = 10000', 'Rows of reviews'],
    ['by a tree', 'UPDATE sections SET parent_id = 200 WHERE id = 100', 'Rows of sections'],
    ['by a cycle', 'UPDATE areas SET first_section_id = 200 WHERE id = 10', 'Rows of areas'],
  ];

  it.each(leaks)('%s puts them right, and keeps them in its undo', async (_, sql, rows) => {
    const before = await everything(target);
    const { filename, path } = await backups.create(1);
    await target.run(sql);
    const others = await rowsOfOthers(target, 1);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await everything(target)).toEqual(before);
    expect(await rowsOfOthers(target, 1)).toEqual(others);

    const { undo_filename } = body.restore_summary;
    const manifest = await readFile(`${path.replace(filename, undo_filename)}.manifest.json`, 'utf8');
    expect(JSON.parse(manifest).contents.warnings).toContainEqual(expect.stringContaining(rows));
    const again = await backups.restore(1, undo_filename);
    expect([again.status, again.body.code]).toEqual([422, 'scope-leak']);
    expect(again.body.detail).toMatch(/Nothing was changed.*the undo of an earlier restore, use another one/);
    expect(await everything(target)).toEqual(before);
  });

  it('does not remove one of which nobody can tell whose it is', async () => {
    await target.run(
      `CREATE TABLE files (id INTEGER PRIMARY KEY, project_id INTEGER, area_id INTEGER, name VARCHAR(20),
         FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
         FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE);
       INSERT INTO files VALUES (1, 1, NULL, 'ours'), (2, 2, NULL, 'theirs')`,
    );
    const { filename } = await backups.create(1);
    await target.run('UPDATE files SET area_id = 10 WHERE id = 2');
    const before = await everything(target);
    const names = await backups.names(1);
    const { status, body } = await backups.restore(1, filename);
    expect([status, body.code]).toEqual([422, 'scope-leak']);
    expect(body.detail).toContain('id=2');
    expect(await everything(target)).toEqual(before);
    expect(await backups.names(1)).toEqual(names);
  });
});
