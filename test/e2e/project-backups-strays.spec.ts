import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectBackups } from '../factories/project-backups.js';
import { withDigest } from '../factories/project-file.js';
import { describeOnEngines, everything, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';

const tables = `
  CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20), above INTEGER, FOREIGN KEY (above) REFERENCES projects (id));
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, related_id INTEGER, title VARCHAR(20),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (related_id) REFERENCES tasks (id) ON DELETE SET NULL);
  CREATE TABLE codes (project_id INTEGER NOT NULL, nr INTEGER NOT NULL, PRIMARY KEY (project_id, nr),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE uses (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, code_project INTEGER, code_nr INTEGER,
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY (code_project, code_nr) REFERENCES codes (project_id, nr));
  CREATE TABLE documents (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, body VARCHAR(50),
    FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
  CREATE TABLE comments (id INTEGER PRIMARY KEY, on_type VARCHAR(20), on_id INTEGER, body VARCHAR(20));
  CREATE TABLE links (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, task_id INTEGER);
  INSERT INTO projects VALUES (1, 'One', NULL), (2, 'Two', NULL);
  INSERT INTO tasks VALUES (10, 1, NULL, 'ours'), (11, 1, 10, 'ours'), (20, 2, NULL, 'secret');
  INSERT INTO codes VALUES (1, 1), (2, 1);
  INSERT INTO uses VALUES (100, 1, 1, 1), (200, 2, 2, 1);
  INSERT INTO documents VALUES (1000, 1, '{"task":10}'), (2000, 2, '{"task":20}');
  INSERT INTO comments VALUES (5, 'task', 10, 'ours'), (6, 'task', 20, 'secret');
  INSERT INTO links VALUES (50, 1, 10), (60, 2, 20)`;

const rules = `
databases:
  default:
    root: projects
    references: { links.project_id: projects, links.task_id: tasks }
    polymorphic: [{ table: comments, type: on_type, id: on_id, tables: { task: tasks } }]
    json: [{ table: documents, column: body, path: $.task, references: tasks }]
`;

const forged: [by: string, from: string, to: string][] = [
  ['a reference of several columns', '[100,1,1,1]', '[100,1,2,1]'],
  ['an id in JSON', '{\\"task\\":10}', '{\\"task\\":20}'],
  ['a (type, id) pair', '[5,"task",10,"ours"]', '[5,"task",20,"ours"]'],
  ['a declared reference', '[50,1,10]', '[50,1,20]'],
];

/** A project may own such references. Who writes the backup folder may forge them; an upload may not. */
const looselyForged: typeof forged = [
  ['a reference that may become null', '[11,1,10,"ours"]', '[11,1,20,"ours"]'],
  ['the project above it', '[1,"One",null]', '[1,"One",2]'],
];

describeOnEngines('A project file that leads to another project', (_engine, open) => {
  let target: Target;
  let folder: string;
  let service: RunningApp;
  let backups: ProjectBackups;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await target.run(tables);
    before = await everything(target);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-strays-'));
    const HOLDFAST_PROJECTS_FILE = join(folder, 'projects.yaml');
    await writeFile(HOLDFAST_PROJECTS_FILE, rules);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_PROJECTS_FILE });
    backups = await ProjectBackups.of(service);
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    expect(await everything(target)).toEqual(before);
  });

  const edited = (from: string, to: string) => (text: string) => {
    if (!text.includes(from)) throw new Error(`no ${from}`);
    return text.replace(from, to);
  };
  const call = (token: string, path: string, body: object) =>
    service.api(token)('POST', `/api/v1/projects/1/backup/${path}`, body);

  it.each(forged)('by %s is refused in every mode', async (_, from, to) => {
    const { filename, path } = await backups.create(1);
    await backups.forge(path, edited(from, to));
    for (const mode of ['exact', 'overwrite', 'copy']) {
      const { status, body } = await call(await service.superadminToken(), 'restore', { filename, mode });
      expect([mode, status, body.code]).toEqual([
        mode,
        422,
        expect.stringMatching(/^(scope-leak|restore-failed)$/),
      ]);
      expect(body.detail).not.toContain('secret');
    }
  });

  it.each([...forged, ...looselyForged])('by %s writes nothing when it is uploaded', async (_, from, to) => {
    const { path } = await backups.create(1);
    const token = await service.superadminToken();
    const form = new FormData();
    form.append('file', new Blob([withDigest(edited(from, to)(await readFile(path, 'utf8')))]), 'a.json');
    const { status, body } = await call(token, 'upload', form);
    // Ids that no database enforces are compared with what is live then.
    if (status === 201) {
      const restored = await call(token, 'restore', { filename: body.backup.filename });
      expect([restored.status, restored.body.code]).toEqual([
        422,
        expect.stringMatching(/^(scope-leak|restore-failed)$/),
      ]);
    } else {
      expect([status, body.code]).toEqual([422, expect.stringMatching(/^(scope-leak|artefact-damaged)$/)]);
    }
  });

  it('is nothing that an admin of one project can do by what belongs to another', async () => {
    const api = await service.asSuperadmin();
    const user = await service.createUser();
    await api('PUT', `/api/v1/projects/1/members/${user.id}`, { role: 'admin' });
    const [{ filename }, other] = [await backups.create(1), await backups.create(2)];
    const of2 = (word: string, body: object) => api('POST', `/api/v1/projects/2/backup/${word}`, body);
    const { plan_id } = (await of2('preview', { filename: other.filename })).body;
    const { restore_summary } = (await of2('restore', { filename: other.filename })).body;
    const undo = (await api('GET', '/api/v1/projects/2/backup/undo')).body.undos[0];
    expect(restore_summary.undo_filename).toBe(undo.filename);
    const form = new FormData();
    form.append('file', new Blob([await readFile(other.path)]), 'a.json');

    const attempts: [path: string, body: object, status: number][] = [
      ['preview', { filename: other.filename }, 404],
      ['restore', { filename: other.filename }, 404],
      ['restore', { filename: undo.filename }, 404],
      ['restore', { filename, plan_id }, 409],
      [`undo/${undo.id}/restore`, {}, 404],
      [`${other.filename}/verify`, {}, 404],
      ['extract', { full_filename: other.filename }, 404],
      ['upload', form, 422],
      ['preview', { filename, within: { table: 'tasks', key: 20 } }, 400],
      ['preview', { filename, missing: { 'tasks.related_id': { use: 20 } } }, 400],
      ['restore', { filename, mode: 'copy' }, 403],
    ];
    for (const [path, body, status] of attempts) {
      const answer = await call(user.token, path, body);
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.stringify(answer.body)).not.toMatch(/secret|Two/);
    }
    for (const method of ['GET', 'DELETE']) {
      const path = `/api/v1/projects/1/backup/${other.filename}${method === 'GET' ? '/download' : ''}`;
      expect((await service.api(user.token)(method, path)).status).toBe(404);
    }
    expect(await backups.names(2)).toContain(other.filename);
  });
});
