import { readFile } from 'node:fs/promises';
import { ProjectBackups } from '../factories/project-backups.js';
import { withDigest } from '../factories/project-file.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20), parent_id INTEGER, FOREIGN KEY (parent_id) REFERENCES projects (id));
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  INSERT INTO projects VALUES (1, 'top', NULL), (2, 'below', 1), (3, 'other', NULL);
  INSERT INTO tasks VALUES (10, 1), (20, 2), (30, 3)`;

describeAboveEngines('A project that stands below another one', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let content: string;

  beforeEach(async () => {
    target = await open();
    await target.run(tables);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    backups = await ProjectBackups.of(service);
    content = await readFile((await backups.create(2)).path, 'utf8');
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  async function upload(file: string) {
    const form = new FormData();
    form.append('file', new Blob([file]), 'project.json');
    const headers = { authorization: `Bearer ${await service.superadminToken()}` };
    const route = `${service.url}/api/v1/projects/2/backup/upload`;
    const response = await fetch(route, { method: 'POST', headers, body: form });
    const body = (await response.json()) as { detail?: string; code?: string; backup: { filename: string } };
    return { status: response.status, body };
  }

  it('comes back from a file that was taken in, below the same one', async () => {
    const before = await everything(target);
    const { status, body } = await upload(content);
    expect([status, body.detail]).toEqual([201, undefined]);
    await target.run('DELETE FROM tasks WHERE id = 20; UPDATE projects SET parent_id = NULL WHERE id = 2');
    expect((await backups.restore(2, body.backup.filename)).status).toBe(200);
    expect(await everything(target)).toEqual(before);
  });

  it('is put below no other one by a forged file', async () => {
    const before = await everything(target);
    const forged = withDigest(content.replace('"below",1]', '"below",3]'));
    expect(forged).toContain('"below",3]');
    const { status, body } = await upload(forged);
    expect([status, body.code]).toEqual([422, 'scope-leak']);
    expect(body.detail).toContain('projects.parent_id');
    expect(await everything(target)).toEqual(before);
    expect(await backups.names(2)).toHaveLength(1);
  });
});
