import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, type RunningApp, startApp, type TestUser } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

const tables = `
  CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL);
  INSERT INTO projects VALUES (1, 'Mail'), (2, 'Shop'), (10, 'Atlas'), (64, 'TestProjectStrings');
`;

describe('projects and their members, in SQLite', () => {
  let folder: string;
  afterAll(() => rm(folder, { recursive: true, force: true }));

  projectsAndMembers(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-projects-'));
    const path = join(folder, 'app.db');
    const database = new Database(path);
    database.exec(tables);
    return {
      url: `sqlite:${path}`,
      exec: async (sql) => void database.exec(sql),
      close: async () => void database.close(),
    };
  });
});

describeOnServers('projects and their members', (server) => {
  projectsAndMembers(async () => {
    const schema: TemporarySchema = await temporarySchema(server);
    await schema.connection.query(tables);
    return {
      url: schema.url,
      exec: async (sql) => void (await schema.connection.query(sql)),
      close: () => schema.drop(),
    };
  });
});

interface Target {
  url: string;
  exec(sql: string): Promise<void>;
  close(): Promise<void>;
}

function projectsAndMembers(openTarget: () => Promise<Target>): void {
  let target: Target;
  let service: RunningApp;
  let asSuperadmin: Api;
  beforeAll(async () => {
    target = await openTarget();
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    asSuperadmin = await service.asSuperadmin();
  });
  afterAll(async () => {
    await service.stop();
    await target.close();
  });

  const list = '/api/v1/projects';
  const members = (project: number | string) => `${list}/${project}/members`;
  const makeMember = (project: number, user: TestUser, role: string) =>
    asSuperadmin('PUT', `${members(project)}/${user.id}`, { role });

  it('are all listed for admins, as project admins', async () => {
    const { token } = await service.createUser('admin');
    const { body } = await service.api(token)('GET', `${list}?sort=id`);
    expect(body).toEqual({
      projects: [
        { id: 1, name: 'Mail', role: 'admin' },
        { id: 2, name: 'Shop', role: 'admin' },
        { id: 10, name: 'Atlas', role: 'admin' },
        { id: 64, name: 'TestProjectStrings', role: 'admin' },
      ],
      total: 4,
    });
  });

  it('come in pages, newest first unless asked otherwise', async () => {
    const idsOf = async (query: string, api = asSuperadmin) =>
      (await api('GET', `${list}?${query}`)).body.projects.map(({ id }: { id: number }) => id);
    expect(await idsOf('')).toEqual([64, 10, 2, 1]);
    expect(await idsOf('page[size]=3&page[number]=2')).toEqual([1]);
    expect(await idsOf('page[size]=3&page[number]=3')).toEqual([]);
    expect(await idsOf('sort=name&page[size]=2')).toEqual([10, 1]);
    expect(await idsOf('sort=-name&page[size]=1&page[number]=2')).toEqual([2]);

    const user = await service.createUser();
    for (const project of [1, 10, 64]) await makeMember(project, user, 'member');
    const asMember = service.api(user.token);
    expect(await idsOf('', asMember)).toEqual([64, 10, 1]);
    expect(await idsOf('sort=name&page[size]=2', asMember)).toEqual([10, 1]);
  });

  it('are listed for their members only, with the role in each, at once', async () => {
    const user = await service.createUser();
    const mine = async () => (await service.api(user.token)('GET', `${list}?sort=id`)).body;
    expect(await mine()).toEqual({ projects: [], total: 0 });

    await makeMember(2, user, 'member');
    await makeMember(64, user, 'admin');
    const expected = [
      { id: 2, name: 'Shop', role: 'member' },
      { id: 64, name: 'TestProjectStrings', role: 'admin' },
    ];
    expect(await mine()).toEqual({ projects: expected, total: 2 });
    const { body } = await service.api(user.token)('GET', '/api/v1/auth/me');
    expect(body.projects).toEqual(expected);

    await asSuperadmin('DELETE', `${members(2)}/${user.id}`);
    expect((await mine()).total).toBe(1);
  });

  it('have members who are managed by project admins, and by nobody else', async () => {
    const [boss, member, outsider, newcomer] = [
      await service.createUser(),
      await service.createUser(),
      await service.createUser(),
      await service.createUser(),
    ];
    await makeMember(1, boss, 'admin');
    await makeMember(1, member, 'member');
    const asBoss = service.api(boss.token);

    const added = await asBoss('PUT', members(1), { email: newcomer.email.toUpperCase(), role: 'member' });
    expect(added.body).toEqual({
      user_id: newcomer.id,
      email: newcomer.email,
      name: newcomer.email,
      role: 'member',
    });
    const promoted = await asBoss('PUT', members(1), { user_id: newcomer.id, role: 'admin' });
    expect(promoted.body.role).toBe('admin');
    const all = await asBoss('GET', `${members(1)}?sort=user_id`);
    expect(all.body).toMatchObject({ project_id: 1 });
    expect(all.body.members).toContainEqual(promoted.body);

    const calls: [string, string, unknown?][] = [
      ['GET', members(1)],
      ['PUT', members(1), { user_id: outsider.id, role: 'admin' }],
      ['PUT', `${members(1)}/${outsider.id}`, { role: 'admin' }],
      ['DELETE', `${members(1)}/${newcomer.id}`],
    ];
    for (const [method, path, body] of calls) {
      expect((await service.api(null)(method, path, body)).status).toBe(401);
      expect((await service.api(outsider.token)(method, path, body)).status).toBe(404);
      expect((await service.api(member.token)(method, path, body)).status).toBe(403);
    }
    // A project admin of one project is an outsider in the others.
    expect((await asBoss('GET', members(2))).status).toBe(404);

    expect((await asBoss('DELETE', `${members(1)}/${newcomer.id}`)).status).toBe(200);
    expect((await asBoss('DELETE', `${members(1)}/${newcomer.id}`)).status).toBe(404);
    expect((await service.api(newcomer.token)('GET', members(1))).status).toBe(404);
  });

  it('are reached with API tokens as by their owner', async () => {
    const user = await service.createUser();
    await makeMember(1, user, 'admin');
    const { body } = await service.api(user.token)('POST', '/api/v1/auth/tokens', { name: 'x' });
    expect((await service.api(body.token)('GET', members(1))).status).toBe(200);
    await makeMember(1, user, 'member');
    expect((await service.api(body.token)('GET', members(1))).status).toBe(403);
  });

  it('are unknown by another spelling of their id, and when they do not exist', async () => {
    for (const id of [
      '064',
      '64 ',
      ' 64',
      '+64',
      '6.4e1',
      '64.0',
      '0x40',
      '64%',
      '999',
      'abc',
      '64\0',
      '..',
      '6/4',
    ]) {
      const { status } = await asSuperadmin('GET', members(encodeURIComponent(id)));
      expect([id, status]).toEqual([id, 404]);
    }
  });

  it.each([
    [{ role: 'superadmin', user_id: 1 }, 400],
    [{ role: 'member' }, 400],
    [{ role: 'member', user_id: 1, email: 'a@b.test' }, 400],
    [{ role: 'member', user_id: '1' }, 400],
    [{ role: 'member', user_id: 999_999 }, 404],
    [{ role: 'member', email: 'nobody@holdfast.test' }, 404],
  ])('do not take %j for a member', async (body, status) => {
    expect((await asSuperadmin('PUT', members(1), body)).status).toBe(status);
  });

  it('that were deleted still have their members, so that they can be restored', async () => {
    const user = await service.createUser();
    await target.exec("INSERT INTO projects VALUES (7, 'Doomed')");
    await makeMember(7, user, 'admin');
    await target.exec('DELETE FROM projects WHERE id = 7');
    expect((await service.api(user.token)('GET', members(7))).status).toBe(200);
    expect((await service.api(user.token)('GET', list)).body.total).toBe(0);
  });

  it('are none when the table is missing', async () => {
    await target.exec('ALTER TABLE projects RENAME TO elsewhere');
    try {
      expect((await asSuperadmin('GET', list)).body).toEqual({ projects: [], total: 0 });
      expect((await asSuperadmin('PUT', members(1), { user_id: 1, role: 'member' })).status).toBe(404);
    } finally {
      await target.exec('ALTER TABLE elsewhere RENAME TO projects');
    }
  });
}

describe('with text for ids', () => {
  it('projects keep every spelling apart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-projects-'));
    const path = join(folder, 'app.db');
    new Database(path).exec(`
      CREATE TABLE tenants (slug TEXT PRIMARY KEY NOT NULL);
      INSERT INTO tenants VALUES ('064'), ('abc'), ('ABC');
    `);
    const service = await startApp({
      HOLDFAST_DATABASE_URL: `sqlite:${path}`,
      HOLDFAST_PROJECT_TABLE: 'tenants',
    });
    try {
      const asSuperadmin = await service.asSuperadmin();
      const user = await service.createUser();
      for (const id of ['064', 'abc']) {
        const { status } = await asSuperadmin('PUT', `/api/v1/projects/${id}/members/${user.id}`, {
          role: 'admin',
        });
        expect([id, status]).toEqual([id, 200]);
      }
      const asUser = service.api(user.token);
      const { body } = await asUser('GET', '/api/v1/projects?sort=id');
      expect(body.projects).toEqual([
        { id: '064', name: '064', role: 'admin' },
        { id: 'abc', name: 'abc', role: 'admin' },
      ]);
      expect((await asUser('GET', '/api/v1/projects/ABC/members')).status).toBe(404);
      expect((await asUser('GET', '/api/v1/projects/64/members')).status).toBe(404);
    } finally {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('while the database is away', () => {
  it('callers are still told who they are', async () => {
    const service = await startApp({ HOLDFAST_DATABASE_URL: 'mysql://nobody:geheim@127.0.0.1:1/app' });
    try {
      const { token } = await service.createUser();
      const asUser = service.api(token);
      expect((await asUser('GET', '/api/v1/auth/me')).status).toBe(200);
      const asSuperadmin = await service.asSuperadmin();
      expect((await asSuperadmin('GET', '/api/v1/auth/me')).body.projects).toEqual([]);
      const { status, body } = await asSuperadmin('GET', '/api/v1/projects');
      expect([status, body.code]).toEqual([503, 'database-unreachable']);
      expect(JSON.stringify(body)).not.toContain('geheim');
    } finally {
      await service.stop();
    }
  });
});
