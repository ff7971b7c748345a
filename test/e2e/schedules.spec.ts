import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, In } from 'typeorm';
import { BackupEntity } from '../../src/catalog/backup.entity.js';
import { JobEntity } from '../../src/jobs/job.entity.js';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { Schedule } from '../../src/schedules/schedule.entity.js';
import { SchedulerService } from '../../src/schedules/scheduler.service.js';
import { postgresTarget } from '../factories/postgres-target.js';
import { mysqlTarget, sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { postgresUrl } from '../support/postgres.js';
import { testServers } from '../support/servers.js';
import { FrozenClock } from './support/frozen-clock.js';

const daily = { cron: '30 2 * * *', zone: 'Europe/Oslo' };

let clock: FrozenClock;
let service: RunningApp;
let api: Api;
const drops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  clock = new FrozenClock('2026-03-01T12:00:00Z');
  service = await startApp({ HOLDFAST_AUTH: 'disabled', HOLDFAST_TIMEZONE: 'Europe/Oslo' }, { clock });
  api = service.api(null);
});
afterAll(async () => {
  await service.stop();
  for (const drop of drops) await drop();
});

// What one test has scheduled is none of the next one's.
afterEach(() => service.app.get(DataSource).getRepository(Schedule).deleteAll());

/** Lets the scheduler look at the clock, once, and everything that it began come to its end. */
const runDue = async () => {
  await service.app.get(SchedulerService).runDue();
  const jobs = service.app.get(DataSource).getRepository(JobEntity);
  while (await jobs.existsBy({ status: In(['scheduled', 'pending', 'running']) })) await sleep(10);
};

const newDatabase = async (name: string, open: () => Promise<Target> = sqliteTarget) => {
  const target = await open();
  drops.push(() => target.drop());
  await target.run('CREATE TABLE notes (id INT PRIMARY KEY)');
  expect((await api('POST', '/api/databases', { name, url: target.url })).status).toBe(201);
  return `/api/databases/${name}`;
};

const makeSchedule = async (database: string, more: object = {}) => {
  const { status, body } = await api('POST', `${database}/schedules`, { ...daily, ...more });
  expect([status, body]).toEqual([201, { schedule: expect.anything() }]);
  return body.schedule;
};
const scheduleOf = async (database: string, id: string) =>
  (await api('GET', `${database}/schedules/${id}`)).body.schedule;
const backupsOf = async (database: string) =>
  (await api('GET', `${database}/backups?page[size]=200`)).body.database_backups;

describe('A schedule', () => {
  it('is made, shown with its next runs, changed and removed', async () => {
    clock.set('2026-03-27T12:00:00Z');
    const database = await newDatabase('crud');
    const made = await makeSchedule(database, {
      description: 'nightly',
      retention: { keep_daily: 7, keep_within: 'P30D' },
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      database_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project_id: null,
      ...daily,
      enabled: true,
      jitter_seconds: 0,
      catch_up: true,
      retention: { keep_daily: 7, keep_within: 'P30D' },
      description: 'nightly',
      next_runs: [
        '2026-03-28T02:30:00.000+01:00',
        '2026-03-29T03:00:00.000+02:00',
        '2026-03-30T02:30:00.000+02:00',
        '2026-03-31T02:30:00.000+02:00',
        '2026-04-01T02:30:00.000+02:00',
      ],
      last_outcome: null,
      created_by_name: expect.any(String),
      created_at: '2026-03-27T13:00:00.000+01:00',
      updated_at: '2026-03-27T13:00:00.000+01:00',
    });
    const hourly = await makeSchedule(database, { cron: '0 * * * *' });
    const list = await api('GET', `${database}/schedules`);
    expect(list.body).toEqual({ schedules: [hourly, made], total: 2 });

    const path = `${database}/schedules/${made.id}`;
    const { body } = await api('PATCH', path, { cron: '0 4 * * 1', jitter_seconds: 600, retention: null });
    expect(body.schedule).toEqual({
      ...made,
      cron: '0 4 * * 1',
      jitter_seconds: 600,
      retention: null,
      next_runs: expect.anything(),
    });
    expect(body.schedule.next_runs[0]).toMatch(/^2026-03-30T04:0\d:\d\d.000\+02:00$/);
    const off = await api('PATCH', path, { enabled: false });
    expect(off.body.schedule).toMatchObject({ enabled: false, next_runs: [] });

    expect((await api('DELETE', path)).status).toBe(200);
    expect((await api('GET', path)).status).toBe(404);
    expect((await api('GET', `/api/databases/default/schedules/${hourly.id}`)).status).toBe(404);
  });

  it.each([
    [{ cron: '0 30 2 * * *' }, 'cron'],
    [{ cron: '0 2 30 2 *' }, 'cron'],
    [{ ...daily, zone: 'Mars/Olympus' }, 'zone'],
    [{ ...daily, zone: 'local' }, 'zone'],
    [{ cron: '*/5 * * * *', jitter_seconds: 300 }, 'jitter_seconds'],
    [{ ...daily, retention: {} }, 'retention'],
    [{ ...daily, retention: { keep_daily: 0 } }, 'retention[keep_daily]'],
    [{ ...daily, retention: { keep_within: '30 days' } }, 'retention[keep_within]'],
    [{ ...daily, retention: { min_age: 'P0D' } }, 'retention[min_age]'],
    [{ ...daily, retention: { keep_all: 1 } }, 'retention[keep_all]'],
    [{ ...daily, project_id: 'nothing' }, 'project_id'],
  ])('%j is refused, and %s is named', async (schedule, field) => {
    const { status, body } = await api('POST', '/api/databases/default/schedules', schedule);
    expect([status, body.code, body.errors.map((fault: { field: string }) => fault.field)]).toEqual([
      400,
      'bad-input',
      [field],
    ]);
  });

  it('makes a periodic backup when its time has come, once, and says what became of it', async () => {
    clock.set('2026-04-01T00:29:59Z');
    const database = await newDatabase('fires');
    const { id } = await makeSchedule(database, { description: 'nightly' });
    await runDue();
    expect(await backupsOf(database)).toEqual([]);
    clock.set('2026-04-01T00:30:02Z');
    await runDue();
    await runDue();
    const [backup, ...others] = await backupsOf(database);
    expect(others).toEqual([]);
    expect(backup).toMatchObject({ status: 'done', method: 'periodic', description: 'nightly' });
    expect(await scheduleOf(database, id)).toMatchObject({
      last_outcome: {
        status: 'done',
        planned_at: '2026-04-01T02:30:00.000+02:00',
        job_id: expect.any(String),
        code: null,
        detail: null,
      },
      next_runs: expect.arrayContaining(['2026-04-02T02:30:00.000+02:00']),
    });
    const { body } = await api('GET', '/api/v1/audit?filter[action]=full-backup&filter[actor]=system');
    expect(body.entries[0]).toMatchObject({ actor_via: 'system', database: 'fires', outcome: 'ok' });
  });

  it('makes up once for what was missed; one that shall not says so, and goes on', async () => {
    clock.set('2026-05-01T12:00:00Z');
    const [making, missing] = [await newDatabase('catches-up'), await newDatabase('does-not')];
    await makeSchedule(making);
    const { id } = await makeSchedule(missing, { catch_up: false });
    clock.set('2026-05-04T12:00:00Z');
    await runDue();
    await runDue();
    expect(await backupsOf(making)).toHaveLength(1);
    expect(await backupsOf(missing)).toEqual([]);
    expect((await scheduleOf(missing, id)).last_outcome).toMatchObject({ status: 'missed', job_id: null });
    clock.set('2026-05-05T00:31:00Z');
    await runDue();
    expect(await backupsOf(making)).toHaveLength(2);
    expect(await backupsOf(missing)).toHaveLength(1);
  });

  it('does not begin a backup while the one before it waits or runs, and does not when it is off', async () => {
    clock.set('2026-06-01T12:00:00Z');
    const database = await newDatabase('slow');
    const { id } = await makeSchedule(database, { cron: '0 * * * *' });
    let leave = () => {};
    const by = { id: null, name: 'test', via: 'system' } as const;
    const request = { kind: 'full-backup', database: 'slow', by, whenBusy: 'wait' } as const;
    const work = () => new Promise<void>((resolve) => (leave = resolve));
    const occupied = await service.app.get(JobsService).start(request, work);
    const scheduler = service.app.get(SchedulerService);
    clock.set('2026-06-01T13:00:00Z');
    await scheduler.runDue();
    expect((await scheduleOf(database, id)).last_outcome).toMatchObject({ status: 'pending' });
    clock.set('2026-06-01T14:00:00Z');
    await scheduler.runDue();
    expect((await scheduleOf(database, id)).last_outcome).toMatchObject({
      status: 'skipped',
      planned_at: '2026-06-01T16:00:00.000+02:00',
      detail: expect.stringContaining('had not ended'),
    });
    leave();
    await occupied.done;
    await runDue();
    expect(await backupsOf(database)).toHaveLength(1);
    await api('PATCH', `${database}/schedules/${id}`, { enabled: false });
    clock.set('2026-06-01T15:00:00Z');
    await runDue();
    expect(await backupsOf(database)).toHaveLength(1);
  });

  it('backs up one project', async () => {
    clock.set('2026-07-01T12:00:00Z');
    const database = '/api/databases/default';
    const { id, project_id } = await makeSchedule(database, { project_id: 1 });
    expect(project_id).toBe(1);
    clock.set('2026-07-02T00:31:00Z');
    await runDue();
    expect((await scheduleOf(database, id)).last_outcome).toMatchObject({ status: 'done' });
    const backups = await service.app.get(DataSource).getRepository(BackupEntity).findBy({ projectId: '1' });
    expect(backups).toEqual([expect.objectContaining({ status: 'done', method: 'periodic' })]);
    expect(await backupsOf(database)).toEqual([]);
  });

  it('goes with its database, and is none of the next one of that name', async () => {
    clock.set('2026-08-01T12:00:00Z');
    const database = await newDatabase('goes');
    await makeSchedule(database);
    await api('DELETE', database);
    await newDatabase('goes');
    clock.set('2026-08-02T00:31:00Z');
    await runDue();
    expect(await backupsOf(database)).toEqual([]);
    expect((await api('GET', `${database}/schedules`)).body).toEqual({ schedules: [], total: 0 });
  });
});

describe('The retention of a schedule', () => {
  it('is shown with every reason, tried before it is saved, and done when asked for', async () => {
    clock.set('2026-09-01T12:00:00Z');
    const database = await newDatabase('kept');
    const { id } = await makeSchedule(database, {
      description: 'nightly',
      retention: { keep_newest: 2, keep_monthly: 2 },
    });
    for (const day of ['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02', '2026-10-03']) {
      clock.set(`${day}T00:30:00Z`);
      await runDue();
    }
    const days = async () =>
      (await backupsOf(database)).map(({ created_at }: { created_at: string }) => created_at.slice(0, 10));
    expect(await days()).toEqual(['2026-10-03', '2026-10-02', '2026-09-30']);

    const path = `${database}/schedules/${id}/retention`;
    const shown = await api('POST', path, {});
    expect(shown.body).toMatchObject({ dry_run: true, files_before: 3, files_deleted: 0 });
    expect(shown.body.decisions.map(({ reasons }: { reasons: string[] }) => reasons)).toEqual([
      [
        'newest 1 of 2, by schedule "nightly"',
        'monthly 1 of 2 (2026-10), by schedule "nightly"',
        'newest that is good',
      ],
      ['newest 2 of 2, by schedule "nightly"'],
      ['monthly 2 of 2 (2026-09), by schedule "nightly"'],
    ]);
    const tried = await api('POST', path, { retention: { keep_monthly: 1 } });
    expect(tried.body).toMatchObject({ dry_run: true, files_deleted: 2 });
    const refused = await api('POST', path, { dry_run: false, retention: { keep_monthly: 1 } });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'retention']);
    expect(await days()).toHaveLength(3);

    await api('PATCH', `${database}/schedules/${id}`, { retention: { keep_monthly: 1 } });
    const done = await api('POST', path, { dry_run: false });
    expect(done.body).toMatchObject({ dry_run: false, files_deleted: 2 });
    expect(await days()).toEqual(['2026-10-03']);
  });
});

describe('Ten databases on schedule', () => {
  it('nine are backed up, and the one that is away holds up none and is reported', async () => {
    clock.set('2026-11-01T12:00:00Z');
    const opens: [string, () => Promise<Target>][] = testServers.flatMap(({ name, url }) =>
      url === undefined ? [] : [[name.toLowerCase(), () => mysqlTarget({ url })]],
    );
    const postgres = postgresUrl === undefined ? null : { url: postgresUrl };
    if (postgres) opens.push(['postgres', () => postgresTarget(postgres)]);
    const names: string[] = [];
    for (let count = 0; count < 9; count += 1) {
      const [kind, open] = opens[count] ?? ['sqlite', sqliteTarget];
      names.push(await newDatabase(`ten-${count}-${kind}`, open));
    }
    const away = '/api/databases/ten-away';
    await api('POST', '/api/databases', { name: 'ten-away', url: 'mysql://root@127.0.0.1:1/app' });
    for (const database of [away, ...names]) await makeSchedule(database);

    clock.set('2026-11-02T01:30:05Z');
    await runDue();
    for (const database of names) {
      const [backup, ...others] = await backupsOf(database);
      expect([database, backup?.status, backup?.method, others]).toEqual([database, 'done', 'periodic', []]);
    }
    const [failed] = await backupsOf(away);
    expect(failed).toMatchObject({ status: 'error', error: { code: 'database-unreachable' } });
    const { schedules } = (await api('GET', `${away}/schedules`)).body;
    expect(schedules[0].last_outcome).toMatchObject({
      status: 'error',
      code: 'database-unreachable',
      detail: expect.any(String),
    });
    expect(schedules[0].next_runs[0]).toBe('2026-11-03T02:30:00.000+01:00');
  }, 60_000);
});
