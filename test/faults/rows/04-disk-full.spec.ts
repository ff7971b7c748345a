import { createLocalization } from '../../factories/localization.js';
import { describeOnEngines, everything, type Target } from '../../factories/target.js';
import { fillTables } from '../kit/data.js';
import { MortalService } from '../kit/mortal-service.js';
import { filesBelow } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';
import { SmallDisk, smallDiskHindrance } from '../kit/small-disk.js';

const fullBackup = '/api/v1/backup';
const projectBackup = '/api/v1/projects/1/backup';
const hindrance = smallDiskHindrance();
const title = `Row 4: the disk is full${hindrance ? ` (skipped: ${hindrance})` : ''}`;

describeOnEngines(title, (engine, open) => {
  const test = hindrance ? it.skip : it;
  let target: Target;
  let disk: SmallDisk;
  let service: MortalService;

  const start = async (folder: 'HOLDFAST_BACKUP_DIR' | 'HOLDFAST_DATA_DIR', compression: string) => {
    target = await open();
    await createLocalization(target);
    await fillTables(target, { tables: 6, rows: 150 });
    disk = SmallDisk.mount(32);
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_COMPRESSION: compression,
      [folder]: disk.folder,
    });
  };
  const stop = async () => {
    await service.remove();
    disk.unmount();
    await target.drop();
  };

  const backUp = async (path: string) => {
    const made = await service.call('POST', path, {});
    expect(made.body).toMatchObject({ success: true });
    return made.body.backup as { filename: string; filesize: number };
  };

  (hindrance ? it.skip : it).each([
    ['none', fullBackup],
    ['gzip', fullBackup],
    ['zstd', fullBackup],
    ['none', projectBackup],
  ])(
    'under the backups (%s, POST %s): 507, nothing of it stays, the older ones are untouched',
    async (compression, path) => {
      await start('HOLDFAST_BACKUP_DIR', compression);
      try {
        const { filesize } = await backUp(path);
        await repeat(repetitions(1, 15), async ({ random }) => {
          disk.fill(random.pick([0, random.integer(0, filesize - 1), filesize]));
          const files = await filesBelow(disk.folder);
          const { status, body } = await service.call('POST', path, {});
          const left = await filesBelow(disk.folder);
          disk.empty();
          // A whole page more or less decides whether the last bytes fit.
          if (status === 200) {
            expect((await service.call('DELETE', `${path}/${body.backup.filename}`)).status).toBe(200);
            return 'did fit';
          }
          expect([status, body.code]).toEqual([507, 'no-space']);
          expect(left).toEqual(files);
          return '507';
        });
        await backUp(path);
      } finally {
        await stop();
      }
    },
    300_000,
  );

  test('under the catalogue: an error, the service stays up, and works on when there is room', async () => {
    await start('HOLDFAST_DATA_DIR', 'none');
    try {
      const { filename } = await backUp(fullBackup);
      const before = await everything(target);
      const files = await filesBelow(service.backups);
      await repeat(repetitions(1, 10), async ({ random }) => {
        disk.fill(random.pick([0, random.integer(0, 200_000)]));
        const { status, body } = await service.call('POST', random.pick([fullBackup, projectBackup]), {});
        const { body: list, status: listed } = await service.call('GET', fullBackup);
        disk.empty();
        expect([listed, list.backups.map((backup: { filename: string }) => backup.filename)]).toEqual([
          200,
          expect.arrayContaining([filename]),
        ]);
        expect(await filesBelow(service.backups)).toMatchObject(files);
        if (status === 200) return 'did fit';
        expect([status, body.code]).toEqual([507, 'no-space']);
        return '507';
      });
      await service.restart();
      await backUp(fullBackup);
      const restored = await service.call('POST', `${fullBackup}/restore`, { filename });
      expect(restored.body).toMatchObject({ success: true });
      expect(await everything(target)).toEqual(before);
    } finally {
      await stop();
    }
  }, 300_000);

  // A SQLite restore unpacks into the data folder; a server loads into its own.
  (hindrance || engine !== 'SQLite' ? it.skip : it)(
    'under the working files of a restore: 507, live unchanged',
    async () => {
      await start('HOLDFAST_DATA_DIR', 'gzip');
      try {
        const { filename } = await backUp(fullBackup);
        await target.run('DELETE FROM t1');
        const live = await everything(target);
        disk.fill(300_000);
        const restored = await service.call('POST', `${fullBackup}/restore`, { filename });
        expect([restored.status, restored.body.code]).toEqual([507, 'no-space']);
        expect(await everything(target)).toEqual(live);
        disk.empty();
        const again = await service.call('POST', `${fullBackup}/restore`, { filename });
        expect(again.body).toMatchObject({ success: true });
      } finally {
        await stop();
      }
    },
  );
});
