import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { MortalService } from '../kit/mortal-service.js';
import { SmallDisk, smallDiskHindrance } from '../kit/small-disk.js';

const backup = '/api/v1/backup';
const hindrance = smallDiskHindrance();

describe('Row 5: the backup folder', () => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run('CREATE TABLE t (id INTEGER PRIMARY KEY)');
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  /** Neither the list nor the status says that there are no backups; a new one is refused; nothing is forgotten. */
  const mustSaySo = async (filename: string) => {
    const list = await service.call('GET', backup);
    if (list.status === 200) expect(list.body.backups).toMatchObject([{ filename }]);
    else expect(list.body.code).toBe('storage-unavailable');
    const made = await service.call('POST', backup, {});
    expect([made.status, made.body.code]).toEqual([503, 'storage-unavailable']);
    const restored = await service.call('POST', `${backup}/restore`, { filename });
    expect(restored.status).toBeGreaterThanOrEqual(400);
    const cleanup = await service.call('POST', `${backup}/cleanup`, {});
    if (cleanup.status === 200) expect(cleanup.body.cleanup_stats.files_deleted).toBe(0);
  };

  const status = async () => (await service.call('GET', `${backup}/status`)).body;

  it.each(['is gone', 'is a file'])('%s: said in the status, and no list is empty for it', async (what) => {
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url });
    const { body } = await service.call('POST', backup, {});
    const aside = join(service.folder, 'aside');
    await rename(service.backups, aside);
    if (what === 'is a file') await writeFile(service.backups, 'not a folder');
    await mustSaySo(body.filename);
    const { system_status: system } = await status();
    expect([system.backup_directory_exists, system.backup_directory_writable]).toEqual([false, false]);

    await rm(service.backups, { force: true });
    await rename(aside, service.backups);
    expect((await service.call('GET', backup)).body.backups).toMatchObject([{ filename: body.filename }]);
    expect((await service.call('POST', backup, {})).status).toBe(200);
  });

  it('is a file at the start: the start says so', async () => {
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url });
    await service.call('POST', backup, {});
    const aside = join(service.folder, 'aside');
    await rename(service.backups, aside);
    await writeFile(service.backups, 'not a folder');
    await expect(service.restart()).rejects.toThrow(/folder/);
    await rm(service.backups);
    await rename(aside, service.backups);
    await service.restart();
    expect((await service.call('GET', backup)).body.total).toBe(1);
  });

  it('is gone at the start: it is made anew, and what the catalogue knows is still listed', async () => {
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url });
    const { body } = await service.call('POST', backup, {});
    await rename(service.backups, join(service.folder, 'aside'));
    await service.restart();
    expect((await service.call('GET', backup)).body.backups).toMatchObject([{ filename: body.filename }]);
    const restored = await service.call('POST', `${backup}/restore`, { filename: body.filename });
    expect([restored.status, restored.body.code]).toEqual([404, 'not-found']);
    expect((await service.call('POST', backup, {})).status).toBe(200);
  });

  (hindrance ? it.skip : it)(
    `is read-only: said in the status; what is there can be listed and restored${hindrance ? ` (skipped: ${hindrance})` : ''}`,
    async () => {
      const disk = SmallDisk.mount(8);
      try {
        service = await MortalService.start({
          HOLDFAST_DATABASE_URL: target.url,
          HOLDFAST_BACKUP_DIR: disk.folder,
        });
        const { body } = await service.call('POST', backup, {});
        // What is open for writing keeps a file system from becoming read-only.
        await service.signal('SIGTERM');
        disk.setReadOnly(true);
        await service.restart();
        expect((await status()).system_status).toMatchObject({
          backup_directory_exists: true,
          backup_directory_writable: false,
        });
        const made = await service.call('POST', backup, {});
        expect([made.status, made.body.code]).toEqual([503, 'storage-unavailable']);
        expect((await service.call('GET', backup)).body.backups).toMatchObject([{ filename: body.filename }]);
        const restored = await service.call('POST', `${backup}/restore`, { filename: body.filename });
        expect(restored.body).toMatchObject({ success: true });
        const removed = await service.call('DELETE', `${backup}/${body.filename}`);
        expect([removed.status, removed.body.code]).toEqual([503, 'storage-unavailable']);
        await service.signal('SIGTERM');
        disk.setReadOnly(false);
        await service.restart();
        expect((await service.call('GET', backup)).body.backups).toMatchObject([{ filename: body.filename }]);
      } finally {
        await service.remove();
        disk.unmount();
      }
    },
  );
});
