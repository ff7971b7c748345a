import { createLocalization, removeAreas } from '../../factories/localization.js';
import { everything, mysqlTarget, type Target } from '../../factories/target.js';
import { describeOnServers } from '../../support/servers.js';
import { fillTables } from '../kit/data.js';
import { FaultyLine } from '../kit/line.js';
import { MortalService, type ServiceAnswer } from '../kit/mortal-service.js';
import { filesBelow } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const stallSeconds = 2;
const fullBackup = '/api/v1/backup';
const projectBackup = '/api/v1/projects/1/backup';

describeOnServers('Row 3: the connection to the database', (server) => {
  let target: Target;
  let line: FaultyLine;
  let service: MortalService;

  beforeEach(async () => {
    target = await mysqlTarget(server);
    await createLocalization(target);
    await fillTables(target, { tables: 8, rows: 200 });
    line = await FaultyLine.to(target.url);
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: line.url,
      HOLDFAST_STALL_SECONDS: String(stallSeconds),
    });
  });
  afterEach(async () => {
    await service.remove();
    line.close();
    await target.drop();
  });

  /** How many bytes go over the line when nothing happens, and what it answers. */
  const measured = async (path: string, body: unknown = {}): Promise<ServiceAnswer & { bytes: number }> => {
    const before = line.bytesPassed;
    const answer = await service.call('POST', path, body);
    expect(answer.body).toMatchObject({ success: true });
    return { ...answer, bytes: line.bytesPassed - before };
  };

  it.each([fullBackup, projectBackup])(
    'is cut in the middle of POST %s: an error, and nothing of it is left',
    async (path) => {
      const { bytes } = await measured(path);
      const files = await filesBelow(service.backups);
      await repeat(repetitions(2, 25), async ({ random }) => {
        line.cutAfter(random.integer(1, bytes - 1));
        const { status, body } = await service.call('POST', path, {});
        line.cut();
        if (status === 200) {
          // Cut after the last byte that mattered: the lock’s connection, or what says good-bye.
          const made = await service.call('DELETE', `${path}/${body.backup.filename}`);
          expect(made.status).toBe(200);
        } else expect([status, body.code]).toEqual([503, expect.stringMatching(/^d(ump|atabase)-/)]);
        expect(await filesBelow(service.backups)).toEqual(files);
        expect(await filesBelow(service.workFolder)).toEqual({});
        return status === 200 ? 'after the last byte' : `error ${body.code}`;
      });
      await measured(path);
    },
    300_000,
  );

  it('is cut in the middle of a restore’s loading: an error, and live is unchanged', async () => {
    const { body } = await measured(fullBackup);
    await target.run(removeAreas('id = 11'));
    const live = await everything(target);
    await repeat(repetitions(2, 25), async ({ random }) => {
      // The loading comes first and is nearly all of it.
      line.cutAfter(random.integer(1_000, body.size * 0.9));
      const restored = await service.call('POST', `${fullBackup}/restore`, { filename: body.filename });
      line.cut();
      expect([restored.status, restored.body.code]).toEqual([503, 'database-unreachable']);
      expect(await everything(target)).toEqual(live);
      return 'error';
    });
    const restored = await service.call('POST', `${fullBackup}/restore`, { filename: body.filename });
    expect(restored.body).toMatchObject({ success: true });
  }, 300_000);

  it('freezes in the middle of a full backup: an error after the time without progress, and the next one succeeds', async () => {
    const { bytes } = await measured(fullBackup);
    const files = await filesBelow(service.backups);
    await repeat(repetitions(1, 5), async ({ random }) => {
      const goal = line.bytesPassed + random.integer(bytes * 0.3, bytes * 0.8);
      const job = await service.begin(fullBackup);
      while (line.bytesPassed < goal && service.jobs.where(job) !== 'ended') {
        await new Promise(setImmediate);
      }
      line.freeze();
      const end = await service.jobs.end(job);
      line.cut();
      line.thaw();
      expect(end?.status).toBe('error');
      expect(await filesBelow(service.backups)).toEqual(files);
      return 'error';
    });
    await measured(fullBackup);
  }, 300_000);
});
