import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLog } from '../../src/common/http/logging.js';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { DatabasesService } from '../../src/databases/databases.service.js';
import { describeOnEngines, sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { itOnCatalogueFile } from '../support/grown.js';

const base = '/api/databases';

describeOnEngines('Registered databases', (_engine, open) => {
  let service: RunningApp;
  let api: Api;
  let target: Target;

  beforeAll(async () => {
    target = await open();
    await target.run('CREATE TABLE notes (id INT PRIMARY KEY, note VARCHAR(90))');
    service = await startApp();
    api = await service.asSuperadmin();
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });
  afterEach(() => api('DELETE', `${base}/notes`));

  const register = (more: object = {}) => api('POST', base, { name: 'notes', url: target.url, ...more });

  it('are shown to every user, without what it takes to connect to them', async () => {
    const { status, body } = await register({ max_backups: 3, project_table: 'tenants' });
    expect(status).toBe(201);
    expect(body.database).toMatchObject({ name: 'notes', engine: target.kind, problems: [] });
    const user = await service.createUser();
    const list = await service.api(user.token)('GET', base);
    expect(list.status).toBe(200);
    expect(list.body).toEqual({
      databases: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          name: 'notes',
          engine: target.kind,
          max_backups: 3,
          max_project_backups: 10,
          project_table: 'tenants',
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
        expect.objectContaining({ id: 'default', name: 'default', engine: 'sqlite' }),
      ],
      total: 2,
    });
  });

  it('can be tested', async () => {
    await register();
    const { status, body } = await api('POST', `${base}/notes/test`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      reachable: true,
      server_version: expect.any(String),
      dump_tool: { name: expect.any(String), version: expect.any(String) },
      missing_privileges: [],
      problems: [],
    });
  });

  it('have names that can be part of a path, and each only once', async () => {
    for (const name of ['', '..', 'a/b', 'a b', '-a', 'a.b', 'å', 'x'.repeat(64)]) {
      const refused = await register({ name });
      expect([name, refused.status, refused.body.errors?.[0].field]).toEqual([name, 400, 'name']);
    }
    await register();
    const other = await sqliteTarget();
    try {
      for (const name of ['notes', 'NOTES', 'default', 'DEFAULT']) {
        const taken = await register({ name, url: other.url });
        expect([name, taken.status, taken.body.code]).toEqual([name, 409, 'conflict']);
      }
    } finally {
      await other.drop();
    }
  });

  it('are each registered under one name only', async () => {
    await register();
    const { status, body } = await register({ name: 'again' });
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain('"notes"');
  });

  it('are known by their name at once, with their own limits, and not any more when they are removed', async () => {
    await register({ max_backups: 4 });
    const databases = service.app.get(DatabasesService);
    const before = databases.get('notes');
    expect(before).toMatchObject({ maxBackups: 4 });
    const changed = await api('PATCH', `${base}/notes`, { max_backups: 5, max_project_backups: null });
    expect(changed.body.database).toMatchObject({ max_backups: 5, max_project_backups: 10 });
    expect(databases.get('notes')).toMatchObject({ id: before.id, maxBackups: 5 });
    const removed = await api('DELETE', `${base}/notes`);
    expect(removed.body).toEqual({ success: true, message: expect.stringContaining('backups are kept') });
    expect(() => databases.get('notes')).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect((await register()).body.database.id).not.toBe(before.id);
  });

  it('are neither changed nor removed while work on them runs', async () => {
    await register();
    const by = { id: null, name: 'test', via: 'system' } as const;
    let end = () => {};
    const job = await service.app
      .get(JobsService)
      .start(
        { kind: 'full-backup', database: 'notes', by, whenBusy: 'wait' },
        () => new Promise<void>((resolve) => (end = resolve)),
      );
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { max_backups: 1 }],
    ] as const) {
      const refused = await api(method, `${base}/notes`, body);
      expect([method, refused.status, refused.body.code]).toEqual([method, 409, 'database-busy']);
    }
    end();
    await job.done;
    expect((await api('PATCH', `${base}/notes`, { max_backups: 1 })).status).toBe(200);
  });

  it('are unknown when nobody registered them', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PATCH', '/nothing'],
      ['DELETE', '/nothing'],
      ['POST', '/nothing/test'],
    ] as const) {
      const { status, body } = await api(method, `${base}${path}`, method === 'PATCH' ? {} : undefined);
      expect([method, status, body.code]).toEqual([method, 404, 'not-found']);
    }
  });

  it('leave default as the environment says', async () => {
    expect((await api('GET', `${base}/default`)).body.database).toMatchObject({ name: 'default' });
    for (const method of ['PATCH', 'DELETE']) {
      const { status, body } = await api(
        method,
        `${base}/default`,
        method === 'PATCH' ? { max_backups: 1 } : undefined,
      );
      expect([method, status, body.code]).toEqual([method, 403, 'forbidden']);
      expect(body.detail).toContain('HOLDFAST_DATABASE_URL');
    }
  });
});

describe('What it takes to connect to a registered database', () => {
  const password = 'sword$fish/æ 4711';
  let service: RunningApp;
  let api: Api;
  const log: string[] = [];

  beforeAll(async () => {
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        log.push(chunk.toString());
        done();
      },
    });
    service = await startApp({}, { log: createLog('trace', sink) });
    api = await service.asSuperadmin();
  });
  afterAll(() => service.stop());

  const parts = { engine: 'mariadb', host: '127.0.0.1', port: 1, user: 'backup', password, database: 'away' };

  it('is never shown, logged or written down in clear', async () => {
    const answers = [
      await api('POST', base, { name: 'away', ...parts }),
      await api('GET', `${base}/away`),
      await api('GET', base),
      await api('POST', `${base}/away/test`),
      await api('PATCH', `${base}/away`, { user: 'other', password: `${password}!` }),
      await api('POST', `${base}/discover`, parts),
      await api('POST', base, { name: 'twice', url: 'x', ...parts }),
      await api('POST', base, { name: 'bad', url: `mysql://u:${encodeURIComponent(password)}@` }),
      await api('GET', '/api/v1/audit'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 503, 400, 400, 200]);
    expect(answers[1]?.body.database.connection).toEqual({
      engine: 'mysql',
      host: '127.0.0.1',
      port: 1,
      user: 'backup',
      database: 'away',
      tls: false,
      has_password: true,
    });
    const said = [...answers.map(({ body }) => JSON.stringify(body)), ...log];
    const files = await readdir(service.folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      said.push((await readFile(join(file.parentPath, file.name))).toString('latin1'));
    }
    for (const form of [password, encodeURIComponent(password), 'sword$fish']) {
      expect(
        said.filter((text) => text.includes(form) || text.includes(Buffer.from(form).toString('latin1'))),
      ).toEqual([]);
    }
  });

  it('is a sentence when it leads nowhere, and the other databases work on', async () => {
    const { body } = await api('POST', `${base}/away/test`);
    expect(body).toMatchObject({ success: false, reachable: false, server_version: null });
    expect(body.problems).toEqual([expect.stringMatching(/does not answer \(connection refused\)/)]);
    expect((await api('POST', '/api/v1/backup')).status).toBe(200);
  });

  it('does not take the password to another server', async () => {
    for (const change of [{ host: 'elsewhere.example' }, { port: 2 }]) {
      const { status, body } = await api('PATCH', `${base}/away`, change);
      expect([status, body.errors]).toEqual([400, [expect.objectContaining({ field: 'password' })]]);
    }
    const changed = await api('PATCH', `${base}/away`, { port: 2, password });
    expect(changed.body.database.connection).toMatchObject({ port: 2, user: 'other' });
  });

  it('is refused with every part that is missing or too much', async () => {
    const missing = await api('POST', base, { name: 'x', engine: 'mysql' });
    expect(missing.body.errors.map(({ field }: { field: string }) => field)).toEqual(['host', 'database']);
    for (const where of [{ url: 'sqlite:app.db' }, { engine: 'sqlite', path: 'app.db' }]) {
      const relative = await api('POST', base, { name: 'x', ...where });
      expect([relative.status, relative.body.errors?.[0]?.message]).toEqual([
        400,
        expect.stringContaining('whole path'),
      ]);
    }
    const both = await api('POST', base, { name: 'x', url: 'sqlite:/x', path: '/x' });
    expect(both.body.errors.map(({ field }: { field: string }) => field)).toEqual(['path']);
  });

  itOnCatalogueFile('cannot lead to the catalogue itself', async () => {
    const url = `sqlite:${join(service.folder, 'data', 'catalog.db')}`;
    expect((await api('POST', base, { name: 'x', url })).body).toMatchObject({
      status: 409,
      code: 'conflict',
    });
  });

  it('is in the audit log by its fields only', async () => {
    const { body } = await api('GET', '/api/v1/audit?filter[action]=change-database');
    expect(body.entries[0]).toMatchObject({
      database: 'away',
      outcome: 'ok',
      details: { fields: ['port', 'password'] },
    });
  });
});
