import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { describeOnEngines, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

const base = '/api/databases/my-db-123/backups';
const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/;

/**
 * The examples of section 3 of the HTTP contract: fields, their types, and what stands in them at each stage. What no engine
 * changes is in database-backup-work.spec.ts.
 */
describeOnEngines('Backups of many databases', (_engine, open) => {
  let service: RunningApp;
  let api: Api;
  let target: Target;
  let databaseId: string;

  beforeAll(async () => {
    target = await open();
    await target.run('CREATE TABLE notes (id INT PRIMARY KEY, note VARCHAR(90))');
    await target.run("INSERT INTO notes VALUES (1, 'kept')");
    service = await startApp({ HOLDFAST_TIMEZONE: 'Europe/Paris' });
    const asSuperadmin = await service.asSuperadmin();
    const { body } = await asSuperadmin('POST', '/api/databases', { name: 'my-db-123', url: target.url });
    databaseId = body.database.id;
    const { token } = await service.createUser();
    api = service.api(token);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });

  const ended = async (jobId: string): Promise<void> => {
    const asSuperadmin = await service.asSuperadmin();
    for (;;) {
      const { body } = await asSuperadmin('GET', `/api/jobs/${jobId}`);
      if (!['scheduled', 'pending', 'running'].includes(body.status)) return;
      await sleep(50);
    }
  };

  /** Keeps the lane of the database occupied until the returned function is called. */
  const occupy = async () => {
    let leave = () => {};
    const by = { id: null, name: 'test', via: 'system' } as const;
    const request = { kind: 'full-backup', database: 'my-db-123', by, whenBusy: 'wait' } as const;
    const job = await service.app
      .get(JobsService)
      .start(request, () => new Promise<void>((resolve) => (leave = resolve)));
    return async () => {
      leave();
      await job.done;
    };
  };

  it('are scheduled by a POST, and begin afterwards', async () => {
    const leave = await occupy();
    const { status, body } = await api('POST', base);
    expect(status).toBe(201);
    expect(body.database_backup).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created_at: expect.stringMatching(isoWithOffset),
      started_at: null,
      finished_at: null,
      name: expect.stringMatching(/^backup_/),
      size: null,
      status: 'scheduled',
      database_id: databaseId,
      type: target.kind,
      method: 'manual',
      description: null,
      verified_level: null,
      damage: null,
      documents: null,
    });
    const { id } = body.database_backup;
    const waiting = await api('GET', `${base}?filter[status]=scheduled`);
    expect(waiting.body).toEqual({ database_backups: [body.database_backup], total: 1 });
    await leave();
    await ended(body.job_id);
    const done = (await api('GET', `${base}/${id}`)).body.database_backup;
    expect(done).toMatchObject({
      id,
      status: 'done',
      name: body.database_backup.name,
      created_at: body.database_backup.created_at,
      started_at: expect.stringMatching(isoWithOffset),
      finished_at: expect.stringMatching(isoWithOffset),
      size: expect.any(Number),
      verified_level: 'readable',
    });
    expect(done.size).toBeGreaterThan(0);
    expect(Object.keys(done)).not.toContain('error');
    expect(existsSync(join(service.folder, 'backups', 'databases', 'my-db-123', 'full', done.name))).toBe(
      true,
    );
    const job = await api('GET', `/api/jobs/${body.job_id}`);
    expect(job.body).toMatchObject({ status: 'done', result: { database_backup: { id, status: 'done' } } });
  });

  it('are listed newest first, page by page, whatever became of them', async () => {
    const { body } = await api('POST', base, { description: 'the second' });
    await ended(body.job_id);
    const all = await api('GET', base);
    expect(all.status).toBe(200);
    expect(all.body.database_backups[0]).toMatchObject({
      id: body.database_backup.id,
      description: 'the second',
    });
    expect(all.body.total).toBe(all.body.database_backups.length);
    const second = await api('GET', `${base}?page[size]=1&page[number]=2`);
    expect(second.body).toEqual({ database_backups: [all.body.database_backups[1]], total: all.body.total });
    const refused = await api('GET', `${base}?filter[status]=removing`);
    expect([refused.status, refused.body.code]).toEqual([400, 'bad-input']);
  });

  it('have an archive: an address at which the bytes are, without a header', async () => {
    const asSuperadmin = await service.asSuperadmin();
    const [{ id, name, size }] = (await api('GET', `${base}?filter[status]=done`)).body.database_backups;
    const { status, body } = await asSuperadmin('GET', `${base}/${id}/archive`);
    expect(status).toBe(200);
    expect(body.expires_at).toMatch(isoWithOffset);
    const [address, token] = body.download_url.split('?token=');
    expect([address, token]).toEqual([
      `${service.url}${base}/${id}/download`,
      expect.stringMatching(/^[\w.-]+$/),
    ]);
    const response = await fetch(body.download_url);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.status, bytes.length]).toEqual([200, size]);
    expect(bytes.equals(readFileSync(join(service.folder, 'backups/databases/my-db-123/full', name)))).toBe(
      true,
    );
    expect((await api('GET', `${base}/${id}/archive`)).status).toBe(403);
  });

  it('are unknown under another database', async () => {
    const { body } = await api('GET', `${base}?page[size]=1`);
    const [{ id }] = body.database_backups;
    for (const path of [
      `/api/databases/default/backups/${id}`,
      `${base}/nothing`,
      '/api/databases/nothing/backups',
    ]) {
      const answer = await api('GET', path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not-found']);
    }
    expect((await api('GET', '/api/databases/default/backups')).body.total).toBe(0);
  });

  it('of default are those of section 1', async () => {
    const made = await api('POST', '/api/v1/backup');
    const { body } = await api('GET', '/api/databases/default/backups');
    expect(body.database_backups).toEqual([
      expect.objectContaining({
        name: made.body.filename,
        database_id: 'default',
        status: 'done',
        size: made.body.size,
      }),
    ]);
  });

  it('stay in the backup folder when the database is no longer registered', async () => {
    const asSuperadmin = await service.asSuperadmin();
    const { body } = await api('GET', `${base}?filter[status]=done`);
    expect((await asSuperadmin('DELETE', '/api/databases/my-db-123')).status).toBe(200);
    expect((await api('GET', base)).status).toBe(404);
    for (const { name } of body.database_backups) {
      expect(existsSync(join(service.folder, 'backups', 'databases', 'my-db-123', 'full', name))).toBe(true);
    }
  });
});
