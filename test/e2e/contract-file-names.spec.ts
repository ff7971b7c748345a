import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { backupSections, makeBackup } from './support/backup-sections.js';
import { rawRequest } from './support/raw-request.js';

let service: RunningApp;
let api: Api;
let backups: string;
let secret: string;
beforeAll(async () => {
  service = await startApp();
  api = await service.asSuperadmin();
  backups = join(service.folder, 'backups');
  secret = join(service.folder, 'secret.db');
  writeFileSync(secret, 'geheim');
});
afterAll(() => service.stop());

/** Every file below the service's folders that a request might reach for, with its bytes. */
function everything(): Record<string, string> {
  const files = readdirSync(backups, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries([secret, ...files].map((path) => [path, readFileSync(path, 'base64')]));
}

describe.each(backupSections)('a file name among the $section', ({ base, folder }) => {
  /** Tries a name as it would be spelled in a path, in every route that takes one. */
  const answersFor = async (spelling: string) => {
    const headers = { authorization: `Bearer ${await service.superadminToken()}` };
    const answers = [
      await rawRequest(service.url, 'GET', `${base}/${spelling}/download`, headers),
      await rawRequest(service.url, 'HEAD', `${base}/${spelling}/download`, headers),
      await rawRequest(service.url, 'POST', `${base}/${spelling}/restore`, headers),
      await rawRequest(service.url, 'DELETE', `${base}/${spelling}`, headers),
    ];
    return { statuses: answers.map(({ status }) => status), text: answers.map(({ bytes }) => `${bytes}`) };
  };

  it('is 404 however it is spelled, unless it is exactly the name of one of them', async () => {
    const { filename } = await makeBackup(service, base);
    const others = await Promise.all(
      ['/api/v1/backup', '/api/v1/projects/1/backup', '/api/v1/projects/2/backup']
        .filter((other) => other !== base)
        .map((other) => makeBackup(service, other)),
    );
    const before = everything();
    const spellings = [
      '..',
      '%2e%2e',
      '../secret.db',
      '..%2fsecret.db',
      '..%2f..%2fsecret.db',
      '%2e%2e%2f%2e%2e%2fsecret.db',
      '..%5c..%5csecret.db',
      '%252e%252e%252fsecret.db',
      encodeURIComponent(secret),
      secret,
      '%00',
      `${filename}%00`,
      `${filename}%00.json`,
      `${filename}%20`,
      `%20${filename}`,
      `.%2f${filename}`,
      `${filename}%2f`,
      encodeURIComponent(join(backups, folder, filename)),
      `${encodeURIComponent(folder)}%2f${filename}`,
      filename.toUpperCase(),
      `${filename}.manifest.json`,
      filename.slice(0, -1),
      '*',
      '%25',
      "'%20OR%201=1",
      'x'.repeat(300),
      ...others.map((other) => other.filename),
      ...others.map((other) => encodeURIComponent(other.filepath)),
    ];
    for (const spelling of spellings) {
      const { statuses, text } = await answersFor(spelling);
      expect([spelling, statuses]).toEqual([spelling, [404, 404, 404, 404]]);
      expect(text.join('')).not.toContain('geheim');
    }
    expect(everything()).toEqual(before);
    expect((await api('GET', `${base}/${filename}/download`)).status).toBe(200);
  });

  it('is 404 in the body of a restore, too', async () => {
    const { filename, filepath } = await makeBackup(service, base);
    const [other] = backupSections.filter((section) => section.base !== base);
    const names = [
      '../secret.db',
      '..',
      secret,
      filepath,
      `./${filename}`,
      `${folder}/${filename}`,
      `${filename}\0`,
      ` ${filename}`,
      filename.toUpperCase(),
      (await makeBackup(service, other?.base ?? '')).filename,
      (await makeBackup(service, '/api/v1/projects/2/backup')).filename,
    ];
    const before = everything();
    for (const name of names) {
      const { status, body } = await api('POST', `${base}/restore`, { filename: name });
      expect([name, status, body.code]).toEqual([name, 404, 'not-found']);
    }
    expect(everything()).toEqual(before);
  });

  it('that cannot be decoded is refused', async () => {
    const headers = { authorization: `Bearer ${await service.superadminToken()}` };
    const answer = await rawRequest(service.url, 'GET', `${base}/%zz/download`, headers);
    expect([answer.status, JSON.parse(`${answer.bytes}`).code]).toEqual([400, 'bad-input']);
  });

  it('of a symbolic link out of the folder is 404', async () => {
    await makeBackup(service, base);
    const name = 'backup_2020-01-01_00-00-00.db';
    const link = join(backups, folder, name);
    symlinkSync(secret, link);
    try {
      const { statuses, text } = await answersFor(name);
      expect(statuses).toEqual([404, 404, 404, 404]);
      expect(text.join('')).not.toContain('geheim');
    } finally {
      rmSync(link);
    }
    expect(readFileSync(secret, 'utf8')).toBe('geheim');
  });

  it('whose file was replaced by a symbolic link is not read through it', async () => {
    const { filename, filepath } = await makeBackup(service, base);
    rmSync(filepath);
    symlinkSync(secret, filepath);
    const answers = [
      await api('GET', `${base}/${filename}/download`),
      await api('POST', `${base}/restore`, { filename }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('geheim');
    const removed = await api('DELETE', `${base}/${filename}`);
    expect(removed.status).toBe(200);
    expect(readdirSync(join(backups, folder)).filter((name) => name.startsWith(filename))).toEqual([]);
    expect(readFileSync(secret, 'utf8')).toBe('geheim');
  });

  it('that a symbolic link has taken is written anew, not through the link', async () => {
    const { filename, filepath } = await makeBackup(service, base);
    await api('DELETE', `${base}/${filename}`);
    symlinkSync(secret, filepath);
    const again = await makeBackup(service, base);
    expect((await api('GET', `${base}/${again.filename}/download`)).status).toBe(200);
    expect(readFileSync(secret, 'utf8')).toBe('geheim');
  });

  it('of a folder that is a symbolic link out of the backup folder gives 404, and nothing is written there', async () => {
    await makeBackup(service, base);
    const outside = mkdtempSync(join(service.folder, 'outside-'));
    const own = join(backups, folder);
    renameSync(own, `${own}-aside`);
    symlinkSync(outside, own);
    try {
      const [newest] = (await api('GET', base)).body.backups;
      expect((await api('GET', `${base}/${newest.filename}/download`)).status).toBe(404);
      expect((await api('POST', base)).status).toBeGreaterThanOrEqual(400);
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      rmSync(own);
      renameSync(`${own}-aside`, own);
    }
  });
});
