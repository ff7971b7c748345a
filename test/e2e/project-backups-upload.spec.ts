import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgeries } from '../factories/forgeries.js';
import { createLocalization, removeStrings } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { withDigest } from '../factories/project-file.js';
import { describeAboveEngines, everything, type Target } from '../factories/target.js';
import { type Answer, type RunningApp, startApp } from '../support/app.js';

const route = '/api/v1/projects/1/backup/upload';

describeAboveEngines('The upload of a project backup', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let backups: ProjectBackups;
  let original: string;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    target = await open();
    await createLocalization(target);
    before = await everything(target);
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_MAX_UPLOAD_MB: '1' });
    backups = await ProjectBackups.of(service);
    const { path } = await backups.create(1);
    original = await readFile(path, 'utf8');
    await removeBackups();
  });
  afterEach(() => removeBackups());
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });

  async function removeBackups(): Promise<void> {
    const api = await service.asSuperadmin();
    for (const name of await backups.names(1)) await api('DELETE', `/api/v1/projects/1/backup/${name}`);
  }

  const workFolders = () => readdir(join(service.folder, 'data', 'work')).catch(() => []);

  async function upload(content: string | Blob, field = 'file', path = route): Promise<Answer> {
    const form = new FormData();
    form.append('description', 'from the other machine');
    form.append(field, typeof content === 'string' ? new Blob([content]) : content, '../../evil.json');
    const authorization = `Bearer ${await service.superadminToken()}`;
    const response = await fetch(service.url + path, {
      method: 'POST',
      headers: { authorization },
      body: form,
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  const refused = async (answer: Answer) => {
    expect(await backups.names(1)).toEqual([]);
    expect(await workFolders()).toEqual([]);
    expect(await everything(target)).toEqual(before);
    return [answer.status, answer.body.code];
  };

  it('makes a backup of it that can be restored', async () => {
    const { status, body } = await upload(original);
    expect([status, body.detail]).toEqual([201, undefined]);
    const { filename, description, data_summary, filesize } = body.backup;
    expect(description).toBe('from the other machine');
    expect(filename).toMatch(/^project_1_backup_[\d_-]+\.json$/);
    expect(filesize).toBe(Buffer.byteLength(original));
    expect(Object.keys(data_summary)).toContain('strings');
    expect(await workFolders()).toEqual([]);

    await target.run(removeStrings('id IN (1000, 1008, 1017)'));
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await everything(target)).toEqual(before);
  });

  it.each(forgeries)('refuses one that was forged to hold %s', async (_, edit) => {
    const answer = await upload(withDigest(edit(original)));
    expect(await refused(answer)).toEqual([422, expect.stringMatching(/^artefact-(damaged|unfit)$/)]);
    expect(JSON.stringify(answer.body)).not.toMatch(/INSERT|SELECT|ER_|SQLITE_/);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['JSON of another kind', '{"a":[1,2,3]}'],
    ['bytes', '\0\xff'.repeat(1000)],
    ['a nesting without end', '['.repeat(900_000)],
    ['a line without end', `{"format":"${'x'.repeat(900_000)}`],
  ])('refuses %s', async (_, content) => {
    expect(await refused(await upload(content))).toEqual([422, 'artefact-damaged']);
  });

  it('refuses totals that are not those of its rows', async () => {
    const answer = await upload(withDigest(original.replace(/"strings":\d+/, '"strings":1')));
    expect(await refused(answer)).toEqual([422, 'artefact-damaged']);
  });

  it('refuses the backup of another project, and says whose it is', async () => {
    const answer = await upload(original, 'file', '/api/v1/projects/2/backup/upload');
    expect(answer.body.detail).toContain('is a backup of the project 1');
    expect(await refused(answer)).toEqual([422, 'artefact-unfit']);
  });

  it('refuses more than HOLDFAST_MAX_UPLOAD_MB', async () => {
    const long = original.replace('"area 11"', `"${'x'.repeat(1024 * 1024)}"`);
    expect(await refused(await upload(withDigest(long)))).toEqual([413, 'too-large']);
  });

  it('refuses a request without the file, and a file under another name', async () => {
    const api = await service.asSuperadmin();
    expect((await api('POST', route, {})).body.errors).toEqual([
      { field: 'file', message: expect.any(String) as string },
    ]);
    expect((await upload(original, 'other')).status).toBe(400);
    expect(await workFolders()).toEqual([]);
  });

  it('leaves nothing of a file whose client goes away', async () => {
    const token = await service.superadminToken();
    const boundary = 'x'.repeat(20);
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n`;
    const going = request(service.url + route, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': 900_000,
      },
    });
    going.on('error', () => undefined);
    going.write(head + original.slice(0, original.length / 2));
    while ((await workFolders()).length === 0) await sleep(10);
    going.destroy();
    for (let i = 0; i < 500 && (await workFolders()).length > 0; i += 1) await sleep(10);
    expect(await workFolders()).toEqual([]);
    expect(await backups.names(1)).toEqual([]);
  });

  it('is for admins of the project only', async () => {
    const { token } = await service.createUser();
    const form = new FormData();
    form.append('file', new Blob([original]), 'a.json');
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await fetch(service.url + route, { method: 'POST', headers, body: form });
    expect(status).toBe(404);
  });
});
