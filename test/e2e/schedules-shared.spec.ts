import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, In } from 'typeorm';
import { JobEntity } from '../../src/jobs/job.entity.js';
import { Schedule } from '../../src/schedules/schedule.entity.js';
import { isoTime } from '../../src/common/timestamps.js';
import { SchedulerService } from '../../src/schedules/scheduler.service.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { type TemporarySchema, temporarySchema, testServers } from '../support/servers.js';
import { FrozenClock } from './support/frozen-clock.js';

const path = '/api/databases/default';

/** One is enough: what a server makes of a conditional UPDATE is the same in all of them. */
const server = testServers.find(({ url }) => url !== undefined);

(server ? describe : describe.skip)('Two services on one catalogue (needs a server)', () => {
  const clock = new FrozenClock('2026-03-01T11:59:30Z');
  let catalogue: TemporarySchema;
  let target: Target;
  let backups: string;
  let services: RunningApp[];
  let api: Api;
  let id: string;

  const start = () =>
    startApp(
      {
        HOLDFAST_AUTH: 'disabled',
        HOLDFAST_DATABASE_URL: target.url,
        HOLDFAST_CATALOG_URL: catalogue.url,
        HOLDFAST_BACKUP_DIR: backups,
      },
      { clock },
    );

  beforeAll(async () => {
    catalogue = await temporarySchema({ url: server?.url ?? '' });
    target = await sqliteTarget();
    await target.run('CREATE TABLE notes (id INTEGER PRIMARY KEY)');
    backups = await mkdtemp(join(tmpdir(), 'holdfast-shared-'));
    services = [await start(), await start()];
    api = (services[0] as RunningApp).api(null);
    const { body } = await api('POST', `${path}/schedules`, {
      cron: '* * * * *',
      retention: { keep_newest: 50 },
    });
    id = body.schedule.id;
  });
  afterAll(async () => {
    for (const service of services) await service.stop();
    await target.drop();
    await catalogue.drop();
    await rm(backups, { recursive: true, force: true });
  });

  const rows = () => (services[0] as RunningApp).app.get(DataSource).getRepository(Schedule);

  const runDueAtOnce = async () => {
    await Promise.all(services.map(({ app }) => app.get(SchedulerService).runDue()));
    const jobs = (services[0] as RunningApp).app.get(DataSource).getRepository(JobEntity);
    while (await jobs.existsBy({ status: In(['scheduled', 'pending', 'running']) })) await sleep(10);
  };

  it('never begin one occurrence twice, though both ask at the same moment', async () => {
    for (let minute = 0; minute < 6; minute += 1) {
      clock.advanceSeconds(60);
      await runDueAtOnce();
    }
    const { body } = await api('GET', `${path}/backups`);
    const minutes = body.database_backups.map(({ created_at }: { created_at: string }) =>
      created_at.slice(14, 16),
    );
    expect(minutes).toEqual(['05', '04', '03', '02', '01', '00']);
  });

  /** The second service is gone, and had taken an occurrence. Returns how many backups there are when a new one has looked. */
  const takenByGone = async (lastJob: string): Promise<number> => {
    await services.pop()?.stop();
    const [planned, nextRun] = [clock.now(), new Date('2026-03-01T13:00:00Z')];
    const taken = { takenBy: 'gone', lastPlanned: planned, lastJob, nextRun, nextDue: nextRun };
    await rows().update({ id }, taken);
    services.push(await start());
    await runDueAtOnce();
    const { schedule } = (await api('GET', `${path}/schedules/${id}`)).body;
    expect(schedule.last_outcome).toMatchObject({ status: 'done', planned_at: isoTime(planned, 'UTC') });
    return (await api('GET', `${path}/backups`)).body.total;
  };

  it('make up for an occurrence that a service took, and did not live to begin', async () => {
    expect(await takenByGone('never-begun')).toBe(7);
  });

  it('do not begin again what a service began, and did not live to write down', async () => {
    const [{ lastJob }] = (await rows().findBy({ id })) as [Schedule];
    expect(await takenByGone(lastJob as string)).toBe(7);
  });
});
