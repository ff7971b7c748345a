import Database from 'better-sqlite3';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { MaintenanceEntity } from '../../src/maintenance/maintenance.entity.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

describe('Maintenance', () => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let filename: string;
  let projectFile: string;
  /** The application, which can keep the exchange waiting by a transaction of its own. */
  let application: Database.Database;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run(`CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO projects VALUES (1, 'Atlas'), (2, 'Borealis')`);
    application = new Database(target.url.replace(/^sqlite:/, ''));
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    api = await service.asSuperadmin();
    filename = (await api('POST', '/api/v1/backup')).body.filename;
    projectFile = (await api('POST', '/api/v1/projects/1/backup')).body.backup.filename;
    await target.run(`DELETE FROM projects WHERE id = 2; UPDATE projects SET name = 'lost'`);
  });
  afterEach(async () => {
    application.close();
    await service.stop();
    await target.drop();
  });

  const underWay = async () => (await api('GET', '/api/v1/maintenance')).body.maintenance;

  const announced = async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = await underWay();
      if (found.length > 0) return found;
      await sleep(20);
    }
    throw new Error('Nothing was announced');
  };

  const announceInCatalogue = (projectId: string | null, lastsMs: number) => {
    const now = Date.now();
    return service.app
      .get(DataSource)
      .getRepository(MaintenanceEntity)
      .insert({
        id: `other-process-${now}`,
        database: 'default',
        projectId,
        reason: 'exchange',
        since: new Date(now),
        until: new Date(now + lastsMs),
      });
  };

  it('is announced while the live database is exchanged, and lets wait only who reads that', async () => {
    application.exec('BEGIN IMMEDIATE');
    const restore = api('POST', '/api/v1/backup/restore', { filename });
    const [lease] = await announced();
    expect(lease).toMatchObject({ database: 'default', project_id: null, reason: 'exchange' });
    expect(Date.parse(lease.until)).toBeGreaterThan(Date.parse(lease.since));
    expect((await api('GET', '/api/v1/backup/status')).body.system_status.maintenance).toMatchObject({
      reason: 'exchange',
    });
    expect((await api('GET', '/api/v1/backup')).body.total).toBe(1);
    expect((await api('GET', `/api/v1/backup/${filename}/download`)).status).toBe(200);
    expect((await api('GET', '/api/v1/projects/1/backup')).body.total).toBe(1);

    let answered = false;
    const projects = api('GET', '/api/v1/projects').finally(() => (answered = true));
    await sleep(500);
    expect(answered).toBe(false);
    application.exec('ROLLBACK');

    const { status, body } = await restore;
    expect(status).toBe(200);
    expect(body.restore.maintenance_ms).toBeGreaterThanOrEqual(500);
    const names = (await projects).body.projects.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(['Atlas', 'Borealis']);
    expect(await underWay()).toEqual([]);
    expect((await api('GET', '/api/v1/backup/status')).body.system_status.maintenance).toBeNull();

    const put = await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
    expect(put.body.maintenance_ms).toBeGreaterThan(0);
  });

  it('of a project is measured, told in its status, and makes nobody wait', async () => {
    await announceInCatalogue('1', 60_000);
    const [own, other] = await Promise.all(
      ['1', '2'].map((id) => api('GET', `/api/v1/projects/${id}/backup/status`)),
    );
    expect(own?.body.system_status.maintenance).toMatchObject({ project_id: '1' });
    expect(other?.body.system_status?.maintenance ?? null).toBeNull();
    expect((await api('GET', '/api/v1/projects')).status).toBe(200);

    const restored = await api('POST', '/api/v1/projects/1/backup/restore', { filename: projectFile });
    expect(restored.status).toBe(200);
    expect(restored.body.restore_summary.maintenance_ms).toBeGreaterThan(0);
  });

  it('of a project is not told to users who may not know of it', async () => {
    await announceInCatalogue('1', 60_000);
    const user = service.api((await service.createUser()).token);
    expect((await user('GET', '/api/v1/maintenance')).body).toEqual({ maintenance: [], total: 0 });
    expect(await underWay()).toHaveLength(1);
  });

  it('of a process that died ends by itself', async () => {
    await announceInCatalogue(null, 1_500);
    const began = performance.now();
    expect((await api('GET', '/api/v1/projects')).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(await underWay()).toEqual([]);
  });

  it('that does not end is answered by when to try again', async () => {
    await announceInCatalogue(null, 60_000);
    const [projects, status] = await Promise.all([
      api('GET', '/api/v1/projects'),
      api('GET', '/api/v1/projects/1/backup/status'),
    ]);
    expect([projects.status, projects.body.code]).toEqual([503, 'maintenance']);
    expect(Number(projects.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(status.status).toBe(200);
    expect(status.body.system_status).toMatchObject({
      scope: null,
      maintenance: { reason: 'exchange' },
      problems: [expect.stringMatching(/exchanging/)],
    });
  }, 60_000);
});

describe('A recovery that could not be yet', () => {
  it('is told in the status, and made up for when the database is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-away-'));
    const service = await startApp({ HOLDFAST_DATABASE_URL: `sqlite:${join(folder, 'mount', 'app.db')}` });
    try {
      const api = await service.asSuperadmin();
      const recovering = async () =>
        (await api('GET', '/api/v1/backup/status')).body.system_status.recovering;
      await sleep(500);
      expect(await recovering()).toMatchObject({ what: expect.stringMatching(/not been searched/) });
      await mkdir(join(folder, 'mount'));
      new Database(join(folder, 'mount', 'app.db')).exec('CREATE TABLE notes (text TEXT)').close();
      const deadline = performance.now() + 30_000;
      while ((await recovering()) !== null && performance.now() < deadline) await sleep(250);
      expect(await recovering()).toBeNull();
    } finally {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
