import { readdir, rename, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { MortalService } from '../kit/mortal-service.js';
import { filesBelow } from '../kit/proof.js';

const backup = '/api/v1/backup';
const kept = 2;

describe('Row 20: the newest backups all failed', () => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_BACKUPS: String(kept),
    });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  const backUp = async (): Promise<string> => {
    const { body } = await service.call('POST', backup, {});
    expect(body).toMatchObject({ success: true });
    return body.filename;
  };
  const names = async (): Promise<string[]> =>
    (await service.call('GET', backup)).body.backups.map(({ filename }: { filename: string }) => filename);
  const cleanUp = async () => {
    const { status, body } = await service.call('POST', `${backup}/cleanup`, {});
    expect(status).toBe(200);
    return body.cleanup_stats.files_deleted as number;
  };

  it('five that failed push out none of the good ones, by hand or by themselves', async () => {
    const good = [await backUp(), await backUp()].reverse();
    const files = await filesBelow(service.backups);
    const database = dirname(target.url.slice('sqlite:'.length));
    await rename(database, `${database}-away`);
    for (let i = 0; i < 5; i += 1) {
      expect((await service.call('POST', backup, {})).status).toBe(503);
      expect(await cleanUp()).toBe(0);
    }
    await rename(`${database}-away`, database);
    expect(await names()).toEqual(good);
    expect(await filesBelow(service.backups)).toEqual(files);
    expect((await service.call('POST', `${backup}/restore`, { filename: good[0] })).status).toBe(200);
  });

  it('those whose files were emptied later do not count, and push out none of the good ones', async () => {
    const good = [await backUp(), await backUp()];
    const full = join(service.backups, 'full');
    const before = await readdir(full);
    // More than are kept would have been removed by now if bad ones counted.
    for (let i = 0; i < 4; i += 1) {
      await truncate(join(full, await backUp()), 0);
      if (i > 0) continue;
      // The first of these was good while retention looked: the oldest went, as it should.
      good.shift();
    }
    expect(await cleanUp()).toBe(0);
    const left = await readdir(full);
    for (const name of good) expect([...before, ...left].filter((one) => one === name)).toHaveLength(2);
    const restored = await service.call('POST', `${backup}/restore`, { filename: good[0] });
    expect(restored.body).toMatchObject({ success: true });
  });
});
