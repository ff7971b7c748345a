import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AbsenceWatch } from '../../src/notifications/absence-watch.service.js';
import { UnstartedBackups } from '../../src/notifications/unstarted-backups.service.js';
import { Courier } from '../../src/notifications/courier.service.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';
import { HttpReceiver } from './support/receivers.js';
import { until } from '../support/until.js';

const metricsToken = 'a-token-for-Prometheus-long-enough-to-be-one';
const ofDefault = '/api/databases/default/recovery-point';
const ofProject = '/api/databases/default/projects/1/recovery-point';

const clock = new FrozenClock('2026-03-01T00:00:00Z');
let service: RunningApp;
let api: Api;
let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.open();
  service = await startApp({ HOLDFAST_METRICS_TOKEN: metricsToken }, { clock });
  api = await service.asSuperadmin();
});
afterAll(async () => {
  await service.stop();
  await receiver.close();
});

const look = async () => {
  await service.app.get(AbsenceWatch, { strict: false }).look();
  await service.app.get(Courier, { strict: false }).round();
};
const told = () => receiver.calls.splice(0).map(({ body }) => JSON.parse(body));

/** Every number of one scrape, by its name and labels as they stand there. */
async function metrics(): Promise<Map<string, number>> {
  const { status, body, headers } = await service.api(metricsToken)('GET', '/metrics');
  expect([status, headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^text\/plain; version=0/),
  ]);
  const lines = (body as string).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      const value = line.slice(at + 1);
      return [line.slice(0, at), value === '+Inf' ? Infinity : Number(value)];
    }),
  );
}

describe('A recovery point', () => {
  const backUp = (more = '') => api('POST', `/api/v1${more}/backup`);

  it('is nothing before the first backup, and is not missed as long as nobody set a target', async () => {
    const user = service.api((await service.createUser()).token);
    const { status, body } = await user('GET', ofDefault);
    expect([status, body]).toEqual([
      200,
      {
        database: 'default',
        project_id: null,
        target_seconds: null,
        met: null,
        due_in_seconds: null,
        last_good: null,
        last_restorable: null,
      },
    ]);
    expect((await user('PUT', ofDefault, { target_seconds: 60 })).status).toBe(403);
    expect((await user('GET', ofProject)).status).toBe(404);
    expect((await api('GET', '/api/databases/nothing/recovery-point')).status).toBe(404);
    for (const target_seconds of [59, 1.5, '3600', undefined]) {
      expect((await api('PUT', ofDefault, { target_seconds })).status).toBe(400);
    }
  });

  it('is missed when no backup comes, whatever the schedules are, and said once', async () => {
    const hook = { kind: 'webhook', url: receiver.url, include_projects: true };
    expect((await api('POST', '/api/databases/default/notifications', hook)).status).toBe(201);
    expect((await api('PUT', ofDefault, { target_seconds: 3600 })).body).toMatchObject({
      target_seconds: 3600,
      met: true,
      due_in_seconds: 3600,
    });
    clock.advanceSeconds(3600);
    await look();
    expect(told()).toEqual([]);
    clock.advanceSeconds(1);
    await Promise.all([look(), look(), look()]);
    await look();
    expect(told()).toEqual([
      expect.objectContaining({
        type: 'backup.absent',
        database: 'default',
        project_id: null,
        message: expect.stringContaining('There is no good backup'),
        details: { target_seconds: 3600, age_seconds: null, last_good_at: null },
      }),
    ]);
  });

  it('is there again with the next backup, and as old as that backup', async () => {
    const { filename } = (await backUp()).body;
    await look();
    expect(told()).toEqual([
      expect.objectContaining({
        type: 'backup.present-again',
        message: expect.stringContaining(filename),
        details: expect.objectContaining({ absent_since: '2026-03-01T01:00:01.000Z' }),
      }),
    ]);
    clock.advanceSeconds(90);
    expect((await api('GET', ofDefault)).body).toMatchObject({
      met: true,
      due_in_seconds: 3510,
      last_good: { filename, age_seconds: 90, at: '2026-03-01T01:00:01.000Z' },
      last_restorable: null,
    });
    expect((await api('POST', `/api/v1/backup/${filename}/verify`, { level: 'restorable' })).status).toBe(
      200,
    );
    expect((await api('GET', ofDefault)).body.last_restorable).toMatchObject({ filename, age_seconds: 90 });
  });

  it('is that of the newest good backup: one that is gone, damaged or from elsewhere does not count', async () => {
    const first = (await backUp('/projects/1')).body.backup;
    clock.advanceSeconds(60);
    const second = (await backUp('/projects/1')).body.backup;
    clock.advanceSeconds(5);
    await api('POST', '/api/v1/projects/1/backup/extract', {
      full_filename: (await api('GET', '/api/v1/backup')).body.backups[0].filename,
    });
    const newest = async () => (await api('GET', ofProject)).body.last_good;
    expect(await newest()).toMatchObject({ filename: second.filename, age_seconds: 5 });
    await rename(second.filepath, `${second.filepath}.away`);
    expect(await newest()).toMatchObject({ filename: first.filename, age_seconds: 65 });
    await rename(`${second.filepath}.away`, second.filepath);
    await rm(`${first.filepath}`);
    expect(await newest()).toMatchObject({ filename: second.filename });
  });

  it('of a project is set by its admins and seen by its members; admins of all see all', async () => {
    expect((await api('PUT', ofProject, { target_seconds: 60 })).body).toMatchObject({
      project_id: 1,
      target_seconds: 60,
      met: true,
    });
    clock.advanceSeconds(61);
    await look();
    expect(told()).toEqual([expect.objectContaining({ type: 'backup.absent', project_id: '1' })]);
    const { body } = await api('GET', '/api/databases/default/recovery-points');
    expect(body.recovery_points).toEqual([
      expect.objectContaining({ project_id: null, met: true }),
      expect.objectContaining({ project_id: 1, met: false, due_in_seconds: -6 }),
    ]);
  });

  it('that is not watched any more is not absent, and can be missed again', async () => {
    await api('PUT', ofProject, { target_seconds: null });
    await look();
    await api('PUT', ofProject, { target_seconds: 60 });
    await look();
    expect(told().map(({ type }) => type)).toEqual(['backup.absent']);
  });
});

describe('Metrics', () => {
  it('are for admins and for who has the token of the settings', async () => {
    expect((await service.api(null)('GET', '/metrics')).status).toBe(401);
    expect((await service.api(`${metricsToken}x`)('GET', '/metrics')).status).toBe(401);
    expect((await service.api((await service.createUser()).token)('GET', '/metrics')).status).toBe(403);
    expect((await service.api((await service.createUser('admin')).token)('GET', '/metrics')).status).toBe(
      200,
    );
    expect((await service.api(metricsToken)('GET', '/api/v1/backup')).status).toBe(401);
  });

  it('tell ages, targets, outcomes and queues of what was done above', async () => {
    await api('POST', '/api/databases', { name: 'broken', url: `sqlite:${service.folder}/broken.db` });
    const fault = { code: 'database-unreachable', detail: 'It is away.' } as const;
    await service.app.get(UnstartedBackups, { strict: false }).failed('broken', null, fault, 'a schedule');
    await service.app.get(Courier, { strict: false }).round();
    const numbers = await metrics();
    const full = 'database="default",project=""';
    expect(Object.fromEntries(numbers)).toMatchObject({
      [`holdfast_recovery_point_age_seconds{${full},level="good"}`]: 216,
      [`holdfast_recovery_point_age_seconds{${full},level="restorable"}`]: 216,
      [`holdfast_recovery_point_target_seconds{${full}}`]: 3600,
      [`holdfast_recovery_point_missed{${full}}`]: 0,
      'holdfast_recovery_point_missed{database="default",project="1"}': 1,
      'holdfast_recovery_point_age_seconds{database="broken",project="",level="good"}': Infinity,
      [`holdfast_backup_last_success_timestamp_seconds{${full}}`]: Date.parse('2026-03-01T01:00:01Z') / 1000,
      'holdfast_backup_consecutive_failures{database="broken",project=""}': 1,
      'holdfast_backups_total{database="broken",scope="full",outcome="failure"}': 1,
      'holdfast_backups_total{database="default",scope="full",outcome="success"}': 1,
      'holdfast_backups_total{database="default",scope="project",outcome="success"}': 2,
      'holdfast_notifications{status="given-up"}': 0,
      'holdfast_notifications{status="sent"}': 4,
      holdfast_backup_folder_writable: 1,
    });
    const size = (await api('GET', '/api/v1/backup')).body.backups[0].size;
    expect(numbers.get(`holdfast_backup_last_size_bytes{${full}}`)).toBe(size);
    expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect([...numbers.keys()].filter((name) => name.includes('project="2"'))).toEqual([]);
    expect([...numbers.values()].filter(Number.isNaN)).toEqual([]);
  });
});

describe('Health', () => {
  const ready = () => service.api(null)('GET', '/health/ready');

  it('is ready while the catalogue answers and the backup folder can be written to', async () => {
    await until(ready, ({ body }) => body.status === 'ok');
    expect((await service.api(null)('GET', '/health/live')).body).toEqual({ status: 'ok' });
    expect((await ready()).body).toEqual({ status: 'ok', problems: [] });
  });

  it('is not ready without the backup folder, and tells details to admins only', async () => {
    const folder = join(service.folder, 'backups');
    await rename(folder, `${folder}-away`);
    try {
      const { status, body } = await ready();
      expect([status, body.code]).toEqual([503, 'storage-unavailable']);
      expect(body.errors).toEqual([{ field: 'backup-folder', message: 'has a problem' }]);
      expect(JSON.stringify(body)).not.toContain(service.folder);
      const details = (await api('GET', '/health/details')).body;
      expect(details.status).toBe('not-ready');
      expect(details.checks).toContainEqual({
        name: 'backup-folder',
        ok: false,
        required: true,
        details: [expect.stringContaining('HOLDFAST_BACKUP_DIR')],
      });
      expect((await service.api(null)('GET', '/health/live')).status).toBe(200);
      expect((await api('GET', ofDefault)).body.last_good).toMatchObject({ age_seconds: 216 });
    } finally {
      await rename(`${folder}-away`, folder);
    }
    expect((await ready()).status).toBe(200);
  });
});
