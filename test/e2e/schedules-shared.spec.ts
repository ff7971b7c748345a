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
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';
import { FrozenClock } from './support/frozen-clock.js';

const path = '/api/databases/default';

describeOnServers('Two services on one catalogue', (server) => {
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
    catalogue = await temporarySchema(server);
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

  it('make up for an occurrence that a service took, and did not live to begin', async () => {
    const [, second] = services as [RunningApp, RunningApp];
    await second.stop();
    services.pop();
    const [planned, nextRun] = [clock.now(), new Date('2026-03-01T13:00:00Z')];
    await rows().update({ id }, { takenBy: 'gone', lastPlanned: planned, nextRun, nextDue: nextRun });
    await runDueAtOnce();
    expect((await api('GET', `${path}/backups`)).body.total).toBe(6);
    services.push(await start());
    await runDueAtOnce();
    expect((await api('GET', `${path}/backups`)).body.total).toBe(7);
    const { schedule } = (await api('GET', `${path}/schedules/${id}`)).body;
    expect(schedule.last_outcome).toMatchObject({ status: 'done', planned_at: isoTime(planned, 'UTC') });
  });
});
