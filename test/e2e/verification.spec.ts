import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { backupSections, makeBackup } from './support/backup-sections.js';
import { fileDamages } from '../factories/damage.js';
import { createLocalization } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

describeOnEngines('verification', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_BACKUPS: '100',
      HOLDFAST_MAX_PROJECT_BACKUPS: '100',
    });
    api = await service.asSuperadmin();
    before = await everything(target);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });

  /** Live is as it was, and what was made beside it, or for working files, is gone. */
  afterEach(async () => {
    expect(await everything(target)).toEqual(before);
    expect(await readdir(join(service.folder, 'data', 'work'))).toEqual([]);
    if (target.kind === 'sqlite') {
      const names = await readdir(dirname(target.url.slice('sqlite:'.length)));
      expect(names.filter((name) => /undo|staging|verify|scratch/.test(name))).toEqual([]);
    } else {
      const name = new URL(target.url).pathname.slice(1);
      const all =
        target.kind === 'mysql'
          ? 'SELECT schema_name FROM information_schema.schemata WHERE schema_name'
          : 'SELECT datname FROM pg_database WHERE datname';
      expect(await target.rows(`${all} LIKE '${name}\\_holdfast%'`)).toEqual([]);
    }
  });

  describe.each(backupSections)('of $section', ({ base }) => {
    const make = () => makeBackup(service, base);
    const verify = (filename: string, body: object = {}) => api('POST', `${base}/${filename}/verify`, body);
    const shown = async (filename: string) => {
      const { body } = await api('GET', `${base}?page[size]=200`);
      return body.backups.find((backup: { filename: string }) => backup.filename === filename);
    };

    it('a backup is readable as soon as it is made, and restorable when that was tried', async () => {
      const { filename } = await make();
      const wallTime = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string;
      const made = { verified_level: 'readable', verified_at: wallTime, damage: null };
      expect(await shown(filename)).toMatchObject(made);

      const { status, body } = await verify(filename);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        success: true,
        message: `The backup ${filename} is restorable.`,
        verification: { filename, level: 'restorable', verified_at: wallTime },
      });
      for (const check of body.verification.checks) {
        expect(check).toEqual({
          name: expect.any(String) as string,
          ok: true,
          detail: expect.any(String) as string,
        });
      }
      expect(await shown(filename)).toMatchObject({ ...made, verified_level: 'restorable' });
    });

    it('a lower level can be asked for, and takes nothing back', async () => {
      const { filename } = await make();
      await verify(filename);
      const { body } = await verify(filename, { level: 'stored' });
      expect(body.verification).toMatchObject({ level: 'stored' });
      expect(body.verification.checks).toHaveLength(2);
      expect(await shown(filename)).toMatchObject({ verified_level: 'restorable' });
    });

    it('an unknown level is 400, and a backup that does not exist 404', async () => {
      const { filename } = await make();
      expect((await verify(filename, { level: 'perfect' })).status).toBe(400);
      expect((await verify('backup_2020-01-01_00-00-00.sql')).status).toBe(404);
    });

    it.each(fileDamages)('finds %s, and shows it in the list', async (_what, damage) => {
      const { filename, filepath } = await make();
      await target.run("INSERT INTO news VALUES (2, 'for once')");
      const other = await make();
      await target.run('DELETE FROM news WHERE id = 2');
      await damage(filepath, other.filepath);
      const { body } = await verify(filename);
      expect(body).toMatchObject({ status: 422, code: 'artefact-damaged' });
      expect(await shown(filename)).toMatchObject({
        verified_level: null,
        verified_at: null,
        damage: { code: 'artefact-damaged', detail: body.detail, level: 'stored' },
      });
    });

    it('a file that is gone is 404 and not called damaged; without its manifest it is', async () => {
      const { filename, filepath } = await make();
      await rm(`${filepath}.manifest.json`);
      expect((await verify(filename)).body).toMatchObject({ status: 422, code: 'artefact-damaged' });
      const other = await make();
      await rm(other.filepath);
      expect((await verify(other.filename)).body).toMatchObject({ status: 404, code: 'not-found' });
      expect(await shown(other.filename)).toMatchObject({ damage: null });
    });

    it('answers at once when that is preferred, and the job says what came of it', async () => {
      const { filename } = await make();
      const headers = { prefer: 'respond-async' };
      const { status, body } = await api('POST', `${base}/${filename}/verify`, {}, headers);
      expect(status).toBe(202);
      for (;;) {
        const job = (await api('GET', body.location)).body;
        expect(job.kind).toBe('verification');
        if (job.status !== 'pending' && job.status !== 'running') {
          expect(job).toMatchObject({
            status: 'done',
            result: { verification: { filename, level: 'restorable' } },
          });
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  });

  describe('of what a project file holds', () => {
    const forged = async (edit: (text: string) => string) => {
      const backups = await ProjectBackups.of(service);
      const { filename, path } = await backups.create(1);
      await backups.forge(path, edit);
      return api('POST', `/api/v1/projects/1/backup/${basename(filename)}/verify`);
    };

    it('a row twice, with a digest and totals that are right, cannot be restored', async () => {
      const { body } = await forged((text) => text.replace(/\[1,1,"admin"\],\n/, (row) => row + row));
      expect(body).toMatchObject({ status: 422, code: 'artefact-damaged' });
    });

    it("a row of another project, with a digest that is right, does not come back as this one's", async () => {
      const { body } = await forged((text) => text.replace('[11,1,"area 11"', '[11,2,"area 11"'));
      expect(body).toMatchObject({ status: 422, code: 'artefact-damaged' });
    });
  });
});
