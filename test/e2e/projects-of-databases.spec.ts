import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp, type TestUser } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';
import { rawRequest } from './support/raw-request.js';

const north = '/api/databases/north/projects';
const south = '/api/databases/south/projects';

/** Two databases of one application, each with a project 7: two tenants who know nothing of each other. */
describe('Projects of registered databases', () => {
  let service: RunningApp;
  let root: Api;
  let targets: Record<'north' | 'south', Target>;
  let member: TestUser;
  let asMember: Api;

  const application = async (owner: string): Promise<Target> => {
    const target = await sqliteTarget();
    await target.run(`
      CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE tasks (
        id INTEGER PRIMARY KEY,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        title TEXT NOT NULL
      );
      INSERT INTO projects VALUES (7, '${owner} seven'), (8, '${owner} eight');
      INSERT INTO tasks VALUES (1, 7, 'of ${owner}'), (2, 8, 'of somebody else in ${owner}')`);
    return target;
  };

  beforeAll(async () => {
    targets = { north: await application('north'), south: await application('south') };
    service = await startApp({}, { clock: new FrozenClock('2026-11-21T02:00:00Z') });
    root = await service.asSuperadmin();
    for (const [name, { url }] of Object.entries(targets))
      await root('POST', '/api/databases', { name, url });
    member = await service.createUser();
    asMember = service.api(member.token);
    await root('PUT', `${north}/7/members/${member.id}`, { role: 'admin' });
  });
  afterAll(async () => {
    await service.stop();
    for (const target of Object.values(targets)) await target.drop();
  });

  const tasks = (name: 'north' | 'south') => targets[name].rows('SELECT * FROM tasks ORDER BY id');
  const made = async (base: string): Promise<{ filename: string; filepath: string }> => {
    const { status, body } = await root('POST', `${base}/7/backup`);
    expect(status).toBe(200);
    return body.backup;
  };

  it('are listed for who may see them, with the role in that database', async () => {
    expect((await asMember('GET', north)).body).toEqual({
      projects: [{ id: 7, name: 'north seven', role: 'admin' }],
      total: 1,
    });
    expect((await asMember('GET', south)).body).toEqual({ projects: [], total: 0 });
    expect((await asMember('GET', '/api/v1/projects')).body.total).toBe(0);
    expect((await root('GET', south)).body.total).toBe(2);
    const unknown = await asMember('GET', '/api/databases/west/projects');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
  });

  it('are backed up, previewed, restored and put back as those of default are', async () => {
    const { body } = await asMember('POST', `${north}/7/backup`);
    const { filename, filepath } = body.backup;
    expect(filepath).toBe(join(service.folder, 'backups/databases/north/userbackups/7', filename));
    expect(existsSync(filepath)).toBe(true);
    const before = await tasks('north');
    await targets.north.run("UPDATE tasks SET title = 'damaged'");
    const damaged = await tasks('north');

    const preview = await asMember('POST', `${north}/7/backup/preview`, { filename });
    expect(preview.body.tables).toContainEqual(expect.objectContaining({ table: 'tasks', changed: 1 }));
    const { plan_id } = preview.body;
    const restored = await asMember('POST', `${north}/7/backup/restore`, { filename, plan_id });
    expect([restored.status, restored.body.success]).toEqual([200, true]);
    expect(await tasks('north')).toEqual([before[0], damaged[1]]);

    const { undos } = (await asMember('GET', `${north}/7/backup/undo`)).body;
    expect((await asMember('POST', `${north}/7/backup/undo/${undos[0].id}/restore`)).status).toBe(200);
    expect(await tasks('north')).toEqual(damaged);
    await root('POST', `${north}/7/backup/restore`, { filename });
    await root('POST', `${north}/8/backup/restore`, { filename }).then(({ status }) =>
      expect(status).toBe(404),
    );
  });

  it('are taken out of full backups, in from files, and copied, each in its own database', async () => {
    const full = await root('POST', '/api/databases/north/backups');
    await ended(full.body.job_id);
    const { name: full_filename } = full.body.database_backup;
    const extracted = await asMember('POST', `${north}/7/backup/extract`, { full_filename });
    expect([extracted.status, extracted.body.backup?.data_summary]).toEqual([200, { projects: 1, tasks: 1 }]);
    expect((await root('POST', `${south}/7/backup/extract`, { full_filename })).status).toBe(404);

    const { filename, filepath } = extracted.body.backup;
    const form = new FormData();
    form.append('file', new Blob([readFileSync(filepath)]), 'backup.json');
    expect((await asMember('POST', `${south}/7/backup/upload`, form)).status).toBe(404);
    const uploaded = await asMember('POST', `${north}/7/backup/upload`, form);
    expect([uploaded.status, uploaded.body.backup?.data_summary]).toEqual([201, { projects: 1, tasks: 1 }]);

    const copied = await root('POST', `${north}/7/backup/restore`, { filename, mode: 'copy' });
    const { map_url, project_id } = copied.body.restore_summary.copy;
    expect(map_url).toMatch(/^\/api\/databases\/north\/projects\/7\/backup\/copies\/[0-9a-f-]{36}\/map$/);
    expect((await asMember('GET', map_url)).status).toBe(200);
    expect((await root('GET', map_url.replace('north', 'south'))).status).toBe(404);
    await targets.north.run(`DELETE FROM projects WHERE id = ${project_id}`);
    expect((await tasks('south')).length).toBe(2);
  });

  it('keep to their own database when ids and file names are the same', async () => {
    const { filename } = await made(south);
    expect(filename).toBe('project_7_backup_2026-11-21_02-00-00.json');
    const rows = async (base: string) =>
      JSON.stringify((await root('GET', `${base}/7/backup/${filename}/download`)).body);
    expect(await rows(north)).toContain('of north');
    expect(await rows(south)).toContain('of south');
    const before = await tasks('north');
    await targets.south.run("UPDATE tasks SET title = 'damaged' WHERE id = 1");
    await root('POST', `${south}/7/backup/restore`, { filename });
    expect(await tasks('south')).toContain('1|7|"of south"');
    expect(await tasks('north')).toEqual(before);
  });

  const toOutsiders = 'This project is unknown, or you may not see it.';

  it('give a member of one no right in the other, and say the same as of what is not there', async () => {
    const { filename } = await made(south);
    const routes: [string, string, unknown?][] = [
      ['GET', '/backup'],
      ['GET', '/backup/status'],
      ['POST', '/backup'],
      ['GET', `/backup/${filename}/download`],
      ['GET', '/backup/undo'],
      ['POST', '/backup/preview', { filename }],
      ['POST', '/backup/restore', { filename }],
      ['POST', '/backup/extract', { full_filename: filename }],
      ['DELETE', `/backup/${filename}`],
      ['GET', '/backup/copies'],
      ['GET', '/members'],
      ['PUT', `/members/${member.id}`, { role: 'admin' }],
    ];
    for (const place of [
      `${south}/7`,
      `${north}/8`,
      '/api/databases/west/projects/7',
      '/api/v1/projects/7',
    ]) {
      for (const [method, path, body] of routes) {
        const answer = await asMember(method, place + path, body);
        expect([place, path, answer.status, answer.body.detail]).toEqual([place, path, 404, toOutsiders]);
      }
    }
    expect((await root('GET', `${south}/7/backup/${filename}/download`)).status).toBe(200);
    expect((await root('GET', '/api/databases/west/projects/7/backup')).body.detail).toBe(toOutsiders);
  });

  it.each([
    '/api/databases/south/projects/7/backup?db=north',
    '/api/databases/south/projects/7/backup?id=7&db[]=north',
    '/api/databases/NORTH/projects/7/backup',
    '/api/databases/north%00/projects/7/backup',
    '/api/databases/north%20/projects/7/backup',
    '/api/databases/%6eorth/projects/08/backup',
    '/api/databases/north/projects/%2e%2e%2f%2e%2e%2fsouth%2fprojects%2f7/backup',
    '/api/databases/north%2f..%2fsouth/projects/7/backup',
    '/api/databases/__proto__/projects/7/backup',
    '/api/databases/%ff/projects/7/backup',
  ])('are not reached as %s', async (path) => {
    const { status, bytes } = await rawRequest(service.url, 'GET', path, {
      authorization: `Bearer ${member.token}`,
    });
    expect([400, 404]).toContain(status);
    expect(bytes.toString()).not.toContain('project_7');
  });

  it('say what names their table when there is none of that name', async () => {
    await root('PATCH', '/api/databases/south', { project_table: 'tenants' });
    const { status, body } = await root('GET', `${south}/scope`);
    expect([status, body.detail]).toEqual([
      422,
      'The database has no table "tenants". Name the table of its projects: by PATCH /api/databases/south ' +
        '{"project_table":"..."}, or as "root" in the scope file.',
    ]);
    await root('PATCH', '/api/databases/south', { project_table: null });
    expect((await root('GET', `${south}/scope`)).body).toMatchObject({
      database: 'south',
      root: { table: 'projects' },
    });
  });

  it('give the members of a database no right in another one that is registered under its name', async () => {
    await root('DELETE', '/api/databases/north');
    await root('DELETE', '/api/databases/south');
    expect((await asMember('GET', `${north}/7/backup`)).body.detail).toBe(toOutsiders);
    await root('POST', '/api/databases', { name: 'north', url: targets.south.url });
    expect((await asMember('GET', `${north}/7/backup`)).body.detail).toBe(toOutsiders);
    expect((await asMember('GET', north)).body.total).toBe(0);
    expect((await root('GET', `${north}/7/members`)).body.total).toBe(0);
  });

  const ended = async (jobId: string): Promise<void> => {
    for (;;) {
      const { body } = await root('GET', `/api/jobs/${jobId}`);
      if (body.finished_at) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
});
