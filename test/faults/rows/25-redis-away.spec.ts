import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteTarget, type Target } from '../../factories/target.js';
import { describeOnRedis } from '../../support/redis.js';
import { WorkerProcess } from '../../support/worker-process.js';
import { fillTables } from '../kit/data.js';
import { FaultyLine } from '../kit/line.js';
import { MortalService } from '../kit/mortal-service.js';
import { filesBelow } from '../kit/proof.js';

const backups = '/api/databases/default/backups';

/** What takes Redis away until the line is thawed. */
const ways: Record<string, (line: FaultyLine) => void> = {
  'answers nothing': (line) => line.freeze(),
  'breaks every connection': (line) => {
    line.freeze();
    line.cut();
  },
};

describeOnRedis('Row 25: Redis is away', 12, (redis) => {
  let target: Target;
  let line: FaultyLine;
  let service: MortalService;
  let worker: WorkerProcess;

  beforeAll(async () => {
    target = await sqliteTarget();
    await fillTables(target, { tables: 2, rows: 50 });
    line = await FaultyLine.to(redis);
    const settings = { HOLDFAST_DATABASE_URL: target.url, HOLDFAST_REDIS_URL: line.url };
    service = await MortalService.start({ ...settings, HOLDFAST_WORK_AT_ONCE: '0' });
    worker = await WorkerProcess.start(service.folder, settings);
  });
  afterAll(async () => {
    line.thaw();
    await worker.kill();
    await service.remove();
    line.close();
    await target.drop();
  });

  const ask = async (): Promise<string> => (await service.call('POST', backups, {})).body.job_id;
  const statusOf = async (id: string): Promise<string> =>
    (await service.call('GET', `/api/jobs/${id}`)).body.status;
  const ended = async (id: string): Promise<string> => {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const status = await statusOf(id);
      if (!['pending', 'running'].includes(status) || performance.now() > deadline) return status;
      await sleep(50);
    }
  };
  const readiness = async () => (await service.call('GET', '/health/ready')).body;
  /** Of each backup that is said to be done, the file must be there. */
  const stored = async (): Promise<{ done: string[]; files: string[] }> => {
    const { body } = await service.call('GET', `${backups}?filter[status]=done`);
    const done = body.database_backups.map(({ name }: { name: string }) => `full/${name}`).sort();
    const files = Object.keys(await filesBelow(service.backups));
    return { done, files: files.filter((path) => !path.endsWith('.manifest.json')).sort() };
  };

  it.each(Object.keys(ways))(
    'and %s: backups are taken on all the same, wait, and are done once when it is back',
    async (way) => {
      expect(await ended(await ask())).toBe('done');
      const before = await stored();
      ways[way]!(line);
      const asked = await Promise.all([ask(), ask(), ask()]);
      expect(await Promise.all(asked.map(statusOf))).toEqual(['pending', 'pending', 'pending']);
      expect(await stored()).toEqual(before);
      expect(await readiness()).toEqual({ status: 'degraded', problems: ['queue'] });
      line.thaw();
      expect(await Promise.all(asked.map(ended))).toEqual(['done', 'done', 'done']);
      const { done, files } = await stored();
      expect(done).toHaveLength(before.done.length + asked.length);
      expect(files).toEqual(done);
      expect(await readiness()).toEqual({ status: 'ok', problems: [] });
    },
  );
});
