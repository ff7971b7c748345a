import {
  createLocalization,
  removeStrings,
  resetLocalization,
  rowsOfProject,
} from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

interface TablePreview {
  table: string;
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  samples: { added: object[]; removed: object[]; changed: { from: object; to: object }[] };
}

const route = '/api/v1/projects/1/backup';

describeAboveEngines('The preview of a project restore', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let filename: string;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    api = await service.asSuperadmin();
    ({ filename } = await (await ProjectBackups.of(service)).create(1));
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  beforeEach(() => resetLocalization(target));

  const preview = async () => (await api('POST', `${route}/preview`, { filename })).body;
  const restore = (plan_id: string) => api('POST', `${route}/restore`, { filename, plan_id });
  const of = (tables: TablePreview[], name: string) => tables.find(({ table }) => table === name);
  const total = (tables: TablePreview[]) =>
    tables.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);

  it('says what would change, with samples, and changes nothing', async () => {
    await target.run(removeStrings('id = 1000'));
    await target.run("UPDATE strings SET source = 'gone' WHERE id = 1001");
    const before = await everything(target);
    const { tables, conflicts } = await preview();
    expect(of(tables, 'strings')).toMatchObject({ added: 1, changed: 1, removed: 0 });
    expect(of(tables, 'strings')?.samples.added).toMatchObject([{ id: 1000 }]);
    expect(of(tables, 'strings')?.samples.changed).toMatchObject([
      { from: { source: 'gone' }, to: { id: 1001 } },
    ]);
    expect(conflicts).toEqual([]);
    expect(await everything(target)).toEqual(before);
  });

  it('says that nothing would change', async () => {
    expect(total((await preview()).tables)).toBe(0);
  });

  it('is what a restore by its plan does', async () => {
    const before = await rowsOfProject(target, 1);
    await target.run(removeStrings('id IN (1000, 1008)'));
    const { plan_id, tables } = await preview();
    const { status, body } = await restore(plan_id);
    expect(status).toBe(200);
    expect(total(body.restore_summary.changes)).toBe(total(tables));
    expect(await rowsOfProject(target, 1)).toEqual(before);
  });

  it('is out of date when a row of the project has changed since, and then nothing is restored', async () => {
    await target.run(removeStrings('id = 1000'));
    const { plan_id } = await preview();
    await target.run("UPDATE strings SET source = 'since' WHERE id = 1002");
    const before = await everything(target);
    const backupsBefore = (await api('GET', route)).body.total;
    expect((await restore(plan_id)).body).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: expect.stringContaining('new preview'),
    });
    expect(await everything(target)).toEqual(before);
    expect((await api('GET', route)).body.total).toBe(backupsBefore);
  });

  it('still holds when rows of others have changed', async () => {
    const { plan_id } = await preview();
    await target.run("UPDATE strings SET source = 'theirs' WHERE id = 2000");
    expect((await restore(plan_id)).status).toBe(200);
  });

  it('is of one backup of one project', async () => {
    const { plan_id } = await preview();
    const other = (await (await ProjectBackups.of(service)).create(1)).filename;
    expect((await api('POST', `${route}/restore`, { filename: other, plan_id })).status).toBe(409);
    expect((await api('POST', `${route}/restore`, { filename, plan_id: 'nonsense' })).status).toBe(400);
    expect((await api('POST', '/api/v1/projects/2/backup/preview', { filename })).status).toBe(404);
  });

  it('is of thousands of rows that are gone, too', async () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => `(${50_000 + at}, 100, 'many.${at}', 'x')`);
    await target.run(`INSERT INTO strings VALUES ${rows.join(', ')}`);
    const many = await (await ProjectBackups.of(service)).create(1);
    await target.run('DELETE FROM strings WHERE id >= 50000');
    const { body } = await api('POST', `${route}/preview`, { filename: many.filename });
    expect(of(body.tables as TablePreview[], 'strings')).toMatchObject({ added: 3_000, removed: 0 });
    expect(body.conflicts).toEqual([]);
  });

  it('names rows whose key others have now', async () => {
    await target.run(removeStrings('id = 1000'));
    await target.run(
      "INSERT INTO strings SELECT 1000, section_id, 'stolen', source FROM strings WHERE id = 2000",
    );
    const { conflicts } = await preview();
    expect(conflicts).toEqual([expect.stringContaining('id=1000')]);
  });
});
