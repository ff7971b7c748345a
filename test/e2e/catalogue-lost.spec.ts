import { appendFile, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { BackupEntity } from '../../src/catalog/backup.entity.js';
import { StorageService } from '../../src/storage/storage.service.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { itOnCatalogueFile, loseCatalogue as loseCatalogueOf } from '../support/grown.js';

/** The catalogue and the backup folder disagree: what stands in the folder decides, and nothing is removed for it. */
describe('A catalogue that was lost', () => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let home: string;

  const settings = () => ({
    HOLDFAST_DATABASE_URL: target.url,
    HOLDFAST_DATA_DIR: join(home, 'data'),
    HOLDFAST_BACKUP_DIR: join(home, 'backups'),
    HOLDFAST_MAX_BACKUPS: '3',
  });
  const folder = () => join(home, 'backups', 'full');
  const rows = () => service.app.get(DataSource).getRepository(BackupEntity);
  const listed = async () =>
    (await api('GET', '/api/v1/backup')).body.backups as {
      filename: string;
      state: string;
      origin: string;
    }[];
  const names = async () => (await listed()).map(({ filename }) => filename);
  const make = async () => {
    const { status, body } = await api('POST', '/api/v1/backup', {});
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.filename as string;
  };

  async function start(): Promise<void> {
    service = await startApp(settings());
    api = await service.asSuperadmin();
  }

  async function restart(between: () => Promise<unknown>): Promise<void> {
    await service.stop();
    await between();
    await start();
  }
  const loseCatalogue = () => loseCatalogueOf(join(home, 'data'));

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run('CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT)');
    await target.run("INSERT INTO projects VALUES (1, 'Harbour')");
    home = await mkdtemp(join(tmpdir(), 'holdfast-lost-'));
    await start();
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
    await rm(home, { recursive: true, force: true });
  });

  it('is made anew from the manifests, in the same order, and says what was found', async () => {
    const made = [await make(), await make(), await make()];
    const project = (await api('POST', '/api/v1/projects/1/backup', {})).body.backup.filename;
    await restart(loseCatalogue);
    expect(await names()).toEqual(made.reverse());
    expect((await listed()).map(({ origin, state }) => [origin, state])).toEqual(
      Array(3).fill(['found', 'present']),
    );
    expect((await api('GET', '/api/v1/projects/1/backup')).body.backups).toMatchObject([
      { filename: project, origin: 'found' },
    ]);
  });

  it('lets retention remove nothing that it does not know', async () => {
    const made = [await make(), await make(), await make()];
    await restart(loseCatalogue);
    const newer = [await make(), await make(), await make(), await make()];
    expect(await names()).toEqual([...newer.reverse().slice(0, 3), ...made.reverse()]);
  });

  it('restores what was found', async () => {
    const filename = await make();
    await target.run('DELETE FROM projects');
    await restart(loseCatalogue);
    expect((await api('POST', '/api/v1/backup/restore', { filename })).status).toBe(200);
    expect(await target.rows('SELECT id FROM projects')).toHaveLength(1);
  });

  itOnCatalogueFile(
    'that was put back from an old copy shows the later backups, and those that are gone',
    async () => {
      const old = await make();
      const copy = join(home, 'old.db');
      await restart(async () => copyFile(join(home, 'data', 'catalog.db'), copy));
      const later = await make();
      await rm(join(folder(), old));
      await restart(async () => {
        await loseCatalogue();
        await copyFile(copy, join(home, 'data', 'catalog.db'));
      });
      expect(await listed()).toMatchObject([
        { filename: later, origin: 'found', state: 'present' },
        { filename: old, origin: 'made', state: 'missing' },
      ]);
    },
  );

  it('shows what another process has put into the folder, without a restart', async () => {
    const filename = await make();
    await rows().delete({ filename });
    expect(await listed()).toMatchObject([{ filename, origin: 'found' }]);
  });

  it('shows files that were cut, lost, or cannot be asked for', async () => {
    const [first, second, third] = [await make(), await make(), await make()];
    await appendFile(join(folder(), first), 'x');
    await rm(join(folder(), `${second}.manifest.json`));
    await rm(join(folder(), third));
    expect((await listed()).map(({ state }) => state)).toEqual(['missing', 'damaged', 'damaged']);
    const moved = join(home, 'elsewhere');
    await rename(join(home, 'backups'), moved);
    expect((await listed()).map(({ state }) => state)).toEqual(Array(3).fill('unavailable'));
    await rename(moved, join(home, 'backups'));
  });

  it('takes nothing for a backup whose manifest does not fit, and says so', async () => {
    const filename = await make();
    await copyFile(join(folder(), filename), join(folder(), 'stranger.db'));
    await writeFile(join(folder(), 'broken.db.manifest.json'), '{');
    const elsewhere = join(home, 'backups', 'userbackups', '1');
    await mkdir(elsewhere, { recursive: true });
    for (const name of [filename, `${filename}.manifest.json`])
      await copyFile(join(folder(), name), join(elsewhere, name));
    const { unlisted_files } = (await api('GET', '/api/v1/backup/status')).body.system_status;
    expect(unlisted_files.map(({ path }: { path: string }) => path)).toEqual([
      'full/broken.db',
      'full/stranger.db',
    ]);
    expect(await names()).toEqual([filename]);
    const ofProject = await api('GET', '/api/v1/projects/1/backup/status');
    expect(ofProject.body.system_status.unlisted_files).toMatchObject([
      { path: `userbackups/1/${filename}`, reason: expect.stringContaining('belongs to full/') },
    ]);
    expect((await api('GET', '/api/v1/projects/1/backup')).body.total).toBe(0);
  });

  it('finishes a removal that a crash interrupted', async () => {
    const filename = await make();
    await rows().update({ filename }, { status: 'removing', owner: 'dead' });
    await rm(join(folder(), `${filename}.manifest.json`));
    await restart(async () => undefined);
    expect(await readdir(folder())).toEqual([]);
    expect(await rows().count()).toBe(0);
  });

  it('seals a backup whose manifest was written, and gives up one without', async () => {
    const [whole, half] = [await make(), await make()];
    await rows().update({ status: 'done' }, { status: 'running', owner: 'dead' });
    await rm(join(folder(), `${half}.manifest.json`));
    await restart(async () => undefined);
    expect(await listed()).toMatchObject([{ filename: whole, origin: 'made', state: 'present' }]);
    expect((await readdir(folder())).sort()).toEqual([whole, `${whole}.manifest.json`]);
    expect(await rows().findOneBy({ filename: half })).toMatchObject({ status: 'error' });
  });

  it('leaves alone what a living process is writing: its row and its working file', async () => {
    const filename = await make();
    await rows().update({ filename }, { status: 'running' });
    const { store } = service.app.get(StorageService, { strict: false });
    const pending = await store.create('full/under-way.db');
    const other = await startApp(settings());
    expect(await rows().findOneBy({ filename })).toMatchObject({ status: 'running' });
    await pending.write(Readable.from([Buffer.from('whole')]));
    await pending.publish(5);
    expect((await readdir(folder())).sort()).toEqual([filename, `${filename}.manifest.json`, 'under-way.db']);
    await other.stop();
  });

  it('sweeps the working file of a dead one', async () => {
    await make();
    const left = join(folder(), '.holdfast-0123456789ab-0123456789ab-backup.db');
    await writeFile(left, 'half');
    await restart(async () => undefined);
    expect(existsSync(left)).toBe(false);
  });
});
