import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';

const base = '/api/databases/my-db-123/backups';

/** What works on one backup of a registered database; how its engine does it, the contract suites say. */
describe('A backup of a registered database', () => {
  let service: RunningApp;
  let api: Api;
  let target: Target;
  let databaseId: string;

  beforeAll(async () => {
    target = await sqliteTarget();
    await target.run("CREATE TABLE notes (note TEXT); INSERT INTO notes VALUES ('kept')");
    service = await startApp({ HOLDFAST_TIMEZONE: 'Europe/Paris' });
    api = await service.asSuperadmin();
    const { body } = await api('POST', '/api/databases', { name: 'my-db-123', url: target.url });
    databaseId = body.database.id;
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });

  /** What the job answers. */
  const ended = async (jobId: string) => {
    for (;;) {
      const { body } = await api('GET', `/api/jobs/${jobId}`);
      if (body.finished_at) return body.result;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const made = async (): Promise<{ id: string; name: string }> =>
    (await ended((await api('POST', base)).body.job_id)).database_backup;
  const notes = () => target.rows('SELECT note FROM notes');

  it('is restored after the answer, and what that replaced can be put back', async () => {
    const { id, name } = await made();
    await target.run("UPDATE notes SET note = 'damaged'");
    const { status, body } = await api('POST', `${base}/${id}/restore`);
    expect(status).toBe(201);
    expect(body).toEqual({
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      restore: {
        id: body.job_id,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00$/),
        status: 'scheduled',
        database_id: databaseId,
        database_backup_id: id,
        name,
        keep_nothing: false,
      },
    });
    const result = await ended(body.job_id);
    expect(result).toMatchObject({ success: true, database: 'my-db-123', restored_from: name });
    expect(await notes()).toEqual(['"kept"']);

    const undos = await api('GET', '/api/databases/my-db-123/undo');
    const { undo_id } = result.restore;
    expect(undos.body).toMatchObject({ total: 1, undos: [{ id: undo_id, backup_filename: name }] });
    for (const other of ['default', 'unknown']) {
      expect((await api('POST', `/api/databases/${other}/undo/${undo_id}/restore`)).status).toBe(404);
    }
    expect((await api('GET', '/api/databases/unknown/undo')).status).toBe(404);
    expect((await api('POST', `/api/databases/my-db-123/undo/${undo_id}/restore`)).status).toBe(200);
    expect(await notes()).toEqual(['"damaged"']);
    expect((await api('GET', '/api/v1/backup/undo')).body.total).toBe(0);
  });

  it('is verified, counted, kept by a cleanup, and deleted', async () => {
    const { id, name } = await made();
    const verified = await api('POST', `${base}/${id}/verify`, { level: 'restorable' });
    expect([verified.status, verified.body.verification?.filename]).toEqual([200, name]);
    expect((await api('GET', `${base}/${id}`)).body.database_backup.verified_level).toBe('restorable');
    const status = await api('GET', `${base}/status`);
    expect(status.body).toMatchObject({
      system_status: { database_reachable: true },
      backup_stats: { newest_backup: { filename: name } },
    });
    const cleanup = await api('POST', `${base}/cleanup`, { dry_run: true });
    expect(cleanup.body.decisions).toContainEqual(
      expect.objectContaining({ filename: name, action: 'keep' }),
    );
    const { body } = await api('DELETE', `${base}/${id}`);
    expect(body).toEqual({ success: true, status: 'deleted', message: expect.stringContaining(name) });
    for (const method of ['GET', 'DELETE']) expect((await api(method, `${base}/${id}`)).status).toBe(404);
    for (const work of ['restore', 'verify']) {
      expect((await api('POST', `${base}/${id}/${work}`)).status).toBe(404);
    }
  });

  it('is not touched under the name of another database', async () => {
    const { id } = await made();
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/restore'],
      ['POST', '/verify'],
    ] as const) {
      const answer = await api(method, `/api/databases/default/backups/${id}${path}`);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect((await api('GET', `${base}/${id}`)).body.database_backup.status).toBe('done');
  });

  it('that failed is shown with the reason, has nothing to give, and can be taken out of the list', async () => {
    await api('POST', '/api/databases', { name: 'broken', url: `${target.url}/missing/app.db` });
    const { body } = await api('POST', '/api/databases/broken/backups');
    await ended(body.job_id);
    const { id, name } = body.database_backup;
    const failed = await api('GET', `/api/databases/broken/backups/${id}`);
    expect(failed.body.database_backup).toMatchObject({
      status: 'error',
      size: 0,
      finished_at: expect.any(String),
      error: { code: 'database-unreachable', detail: expect.any(String) },
    });
    const list = await api('GET', '/api/databases/broken/backups?filter[status]=error');
    expect(list.body).toEqual({ database_backups: [failed.body.database_backup], total: 1 });
    for (const [method, work] of [
      ['POST', 'restore'],
      ['POST', 'verify'],
      ['GET', 'archive'],
    ] as const) {
      const refused = await api(method, `/api/databases/broken/backups/${id}/${work}`);
      expect([work, refused.status, refused.body.code]).toEqual([work, 409, 'conflict']);
    }
    expect(existsSync(join(service.folder, 'backups/databases/broken/full', name))).toBe(false);
    expect((await api('DELETE', `/api/databases/broken/backups/${id}`)).status).toBe(200);
    expect((await api('GET', `/api/databases/broken/backups/${id}`)).status).toBe(404);
  });

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

  it('is refused, and leaves nothing, when too many wait; what waits cannot be deleted', async () => {
    const leave = await occupy();
    const answers: Answer[] = [];
    for (let asked = 0; asked < 22; asked += 1) answers.push(await api('POST', base));
    const refused = answers.filter(({ status }) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    const waiting = await api('GET', `${base}?filter[status]=scheduled`);
    expect(waiting.body.total).toBe(22 - refused);
    const [{ id }] = waiting.body.database_backups;
    expect((await api('DELETE', `${base}/${id}`)).status).toBe(409);
    await leave();
    for (const { status, body } of answers) if (status === 201) await ended(body.job_id);
    expect((await api('GET', `${base}?filter[status]=scheduled`)).body.total).toBe(0);
  });
});
