import {
  createLocalization,
  resetLocalization,
  rowsOfOthers,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

describeOnEngines('A part of a project by its tables', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let api: Api;
  let filename: string;
  let old: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    api = await service.asSuperadmin();
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(async () => {
    await resetLocalization(target);
    old = await rowsOfProject(target, 1);
    filename = (await backups.create(1)).filename;
  });

  const call = (what: 'preview' | 'restore', body: object) =>
    api('POST', `/api/v1/projects/1/backup/${what}`, { filename, ...body });
  const damage = () =>
    target.run(
      [
        `UPDATE translations SET body = 'changed' WHERE string_id = 1001`,
        `DELETE FROM reviews WHERE string_id = 1000`,
        `DELETE FROM translations WHERE string_id = 1000`,
        `UPDATE areas SET name = 'renamed' WHERE id = 11`,
        `INSERT INTO notes VALUES (1, 'new', 3)`,
      ].join(';'),
    );

  it('is what the backup holds in these tables, and as it is now in all others', async () => {
    await damage();
    const now = await rowsOfProject(target, 1);
    const others = await rowsOfOthers(target, 1);
    const tables = ['translations', 'reviews'];
    const preview = (await call('preview', { tables })).body;
    expect(preview.tables.map(({ table }: { table: string }) => table).sort()).toEqual([...tables].sort());
    const { status, body } = await call('restore', { tables: tables.toReversed(), plan_id: preview.plan_id });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(await rowsOfProject(target, 1)).toEqual({
      ...now,
      translations: old['translations'],
      reviews: old['reviews'],
    });
    expect(await rowsOfOthers(target, 1)).toEqual(others);
  });

  it('works in the other modes, too', async () => {
    await damage();
    const now = await rowsOfProject(target, 1);
    const { status } = await call('restore', { tables: ['areas', 'notes'], mode: 'overwrite' });
    expect(status).toBe(200);
    expect(await rowsOfProject(target, 1)).toEqual({ ...now, areas: old['areas'] });
  });

  it('is refused when it is seen by the plan that a row of another table has changed', async () => {
    await damage();
    const { body } = await call('preview', { tables: ['areas'] });
    await target.run(`UPDATE notes SET weight = 4 WHERE project_id = 1`);
    const now = await rowsOfProject(target, 1);
    expect((await call('restore', { tables: ['areas'], plan_id: body.plan_id })).status).toBe(409);
    expect(await rowsOfProject(target, 1)).toEqual(now);
  });

  it('is what the plan shows, or nothing', async () => {
    const { body } = await call('preview', { tables: ['areas'] });
    for (const other of [{}, { tables: ['notes'] }, { tables: ['areas', 'notes'] }]) {
      const answer = await call('restore', { ...other, plan_id: body.plan_id });
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('The plan is for')]);
    }
  });

  it('names the table that has to come along, upwards and downwards', async () => {
    await target.run(
      `DELETE FROM reviews WHERE string_id = 1000; DELETE FROM translations WHERE string_id = 1000`,
    );
    const up = await call('restore', { tables: ['reviews'] });
    expect([up.status, up.body.detail]).toEqual([422, expect.stringContaining('Nothing was changed')]);

    await resetLocalization(target);
    await target.run(
      `INSERT INTO strings VALUES (5000, 100, 'new', 'x'); INSERT INTO translations VALUES (5000, 'de', 'x', 1)`,
    );
    const now = await rowsOfProject(target, 1);
    const down = await call('restore', { tables: ['strings'] });
    expect([down.status, down.body.detail]).toEqual([
      409,
      expect.stringContaining('Restore translations, too'),
    ]);
    expect(await rowsOfProject(target, 1)).toEqual(now);
  });

  it('is of the project’s own tables only', async () => {
    for (const what of ['preview', 'restore'] as const) {
      const { status, body } = await call(what, { tables: ['areas', 'users'] });
      expect([status, body.detail]).toEqual([400, expect.stringContaining('"users" is none of the project')]);
      expect(body.errors[0].field).toBe('tables');
      for (const tables of [[], 'areas', [1], ['areas', 'areas']]) {
        expect((await call(what, { tables })).body.errors[0].field).toBe('tables');
      }
    }
  });
});
