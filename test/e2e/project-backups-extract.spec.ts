import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDamages } from '../factories/damage.js';
import {
  createLocalization,
  removeAreas,
  removeProject,
  removeStrings,
  resetLocalization,
  rowsOfOthers,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEveryEngine, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

const damage = [removeAreas('id = 11'), removeStrings('id IN (1000, 2000)')].join(';');

describeOnEveryEngine('A project out of a full backup', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let full: string;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
    full = (await api('POST', '/api/v1/backup', {})).body.filename;
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(() => resetLocalization(target));

  const extract = (project: number, full_filename: string) =>
    api('POST', `/api/v1/projects/${project}/backup/extract`, { full_filename });

  it('is a backup of it, by which it comes back while all others stay as they are now', async () => {
    const before = await rowsOfProject(target, 1);
    await target.run(damage);
    const others = await rowsOfOthers(target, 1);
    const live = await everything(target);

    const { status, body } = await extract(1, full);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.backup.description).toBe(`Out of ${full}`);
    expect(await everything(target)).toEqual(live);
    expect(await readdir(join(service.folder, 'data', 'work'))).toEqual([]);

    const { filename } = body.backup;
    const preview = await api('POST', '/api/v1/projects/1/backup/preview', { filename });
    expect([preview.status, preview.body.conflicts]).toEqual([200, []]);
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await rowsOfProject(target, 1)).toEqual(before);
    expect(await rowsOfOthers(target, 1)).toEqual(others);
  });

  it('holds the same rows as a backup of the project at that time', async () => {
    const made = await backups.create(1);
    const { body } = await extract(1, full);
    expect(body.backup.data_summary).toEqual(made.data_summary);
  });

  it('brings back a project that is gone', async () => {
    const before = await rowsOfProject(target, 1);
    await target.run(removeProject(1));
    const { body } = await extract(1, full);
    expect((await backups.restore(1, body.backup.filename)).status).toBe(200);
    expect(await rowsOfProject(target, 1)).toEqual(before);
  });

  it('is not found when the full backup does not hold it, or is none', async () => {
    const { status, body } = await extract(77, full);
    expect([status, body.detail]).toEqual([404, expect.stringContaining('does not hold this project')]);
    expect((await extract(1, 'backup_2020-01-01_00-00-00.sql')).status).toBe(404);
    expect((await extract(1, '../../etc/passwd')).status).toBe(404);
    expect((await extract(1, '')).status).toBe(400);
    expect((await backups.status(77)).status).toBe(404);
  });

  it('is refused when the full backup is damaged, and leaves nothing', async () => {
    const damaged = (await api('POST', '/api/v1/backup', {})).body.backup;
    for (const [, damageFile] of fileDamages.slice(0, 1)) await damageFile(damaged.filepath, '');
    const names = await backups.names(1);
    const { status, body } = await extract(1, damaged.filename as string);
    expect([status, body.code]).toEqual([422, 'artefact-damaged']);
    expect(await backups.names(1)).toEqual(names);
  });
});
