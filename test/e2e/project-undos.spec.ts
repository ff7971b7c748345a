import { DataSource } from 'typeorm';
import { BackupEntity } from '../../src/catalog/backup.entity.js';
import { RetentionService } from '../../src/retention/retention.service.js';
import { createLocalization, removeAreas, resetLocalization } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

const route = '/api/v1/projects/1/backup';

describeOnEngines('The undo of a project restore', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let backups: ProjectBackups;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
  });
  afterAll(() => target.drop());
  beforeEach(async () => {
    await resetLocalization(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_MAX_PROJECT_BACKUPS: '2' });
    api = await service.asSuperadmin();
    backups = await ProjectBackups.of(service);
  });
  afterEach(() => service.stop());

  const undos = async () =>
    (await api('GET', `${route}/undo`)).body.undos as { id: string; filename: string }[];
  const expire = (id: string) =>
    service.app
      .get(DataSource)
      .getRepository(BackupEntity)
      .update({ id }, { keepUntil: new Date(0) });
  const sweep = () => service.app.get(RetentionService, { strict: false }).sweepUndos();

  it('is listed, and put back by one call, which has an undo again', async () => {
    const { filename } = await backups.create(1);
    await target.run(removeAreas('id = 11'));
    const damaged = await everything(target);
    const { undo_filename } = (await backups.restore(1, filename)).body.restore_summary;
    const [undo, ...more] = await undos();
    expect([undo?.filename, more]).toEqual([undo_filename, []]);
    expect((await api('POST', `${route}/undo/${undo?.id ?? ''}/restore`)).status).toBe(200);
    expect(await everything(target)).toEqual(damaged);
    expect(await undos()).toHaveLength(2);
    expect((await api('POST', `/api/v1/projects/2/backup/undo/${undo?.id ?? ''}/restore`)).status).toBe(404);
  });

  it('is kept for its time beside the newest backups, and swept then', async () => {
    const first = await backups.create(1);
    await target.run(removeAreas('id = 11'));
    const { undo_filename } = (await backups.restore(1, first.filename)).body.restore_summary;
    const newer = [await backups.create(1), await backups.create(1)].map(({ filename }) => filename);
    expect(await backups.names(1)).toEqual([...newer.reverse(), undo_filename]);
    await expire((await undos())[0]?.id ?? '');
    await sweep();
    expect(await backups.names(1)).toEqual(newer);
  });

  it('whose time is over stays while it is the only good backup', async () => {
    const { filename } = await backups.create(1);
    await backups.restore(1, filename);
    await api('DELETE', `${route}/${filename}`);
    const [undo] = await undos();
    await expire(undo?.id ?? '');
    await sweep();
    expect(await backups.names(1)).toEqual([undo?.filename]);
  });
});
