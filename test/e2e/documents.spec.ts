import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BlobSweep } from '../../src/documents/blob-sweep.service.js';
import { everything, sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';

const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex');

/** Puts another path into a list, with all hashes as they then have to be. */
const listForger = (artefact: string, text: string) => async (path: string, other: string) => {
  const lines = text.replace(path, other).trimEnd().split('\n');
  const body = `${lines.slice(0, -1).join('\n')}\n`;
  const totals = { ...JSON.parse(lines.at(-1) ?? ''), sha256: sha256Of(body) };
  const list = `${body}${JSON.stringify(totals)}\n`;
  await writeFile(`${artefact}.documents.jsonl`, list);
  const manifest = JSON.parse(await readFile(`${artefact}.manifest.json`, 'utf8'));
  manifest.documents.list_sha256 = sha256Of(list);
  await writeFile(`${artefact}.manifest.json`, JSON.stringify(manifest));
};

/** Files beside the rows: taken along, kept once, checked, put back. */
describe('Documents', () => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let uploads: string;

  const put = async (path: string, content: string | Buffer) => {
    await mkdir(dirname(join(uploads, path)), { recursive: true });
    await writeFile(join(uploads, path), content);
  };
  const blobOf = (content: string) => {
    const sha256 = sha256Of(content);
    return join(service.folder, 'backups/documents', sha256.slice(0, 2), sha256);
  };
  const backUp = async () => {
    const { status, body } = await api('POST', '/api/v1/backup', { include_documents: true });
    expect([status, body.detail]).toEqual([200, undefined]);
    return body.backup;
  };
  const blobs = async () => {
    const found = await readdir(join(service.folder, 'backups/documents'), { recursive: true });
    return found.filter((name) => /[0-9a-f]{64}$/.test(name));
  };
  const contentOf = async () => {
    const found = await readdir(uploads, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('.holdfast'));
    const contents = files.map(async ({ parentPath, name }) => [
      join(parentPath, name).slice(uploads.length + 1),
      await readFile(join(parentPath, name), 'utf8'),
    ]);
    return Object.fromEntries((await Promise.all(contents)).sort());
  };
  const listPath = (filename: string) => join(service.folder, 'backups/full', `${filename}.documents.jsonl`);

  beforeAll(async () => {
    target = await sqliteTarget();
    await target.run(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
       INSERT INTO projects VALUES (1, 'Atlas'), (2, 'Borealis')`,
    );
    uploads = join(await mkdtemp(join(tmpdir(), 'holdfast-documents-')), 'uploads');
    await mkdir(uploads);
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_DOCUMENTS_DIR: uploads,
      HOLDFAST_PROJECT_DOCUMENTS: 'uploads/projects/{project_id}/**',
      HOLDFAST_MAX_BACKUPS: '100',
    });
    api = await service.asSuperadmin();
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
    await rm(dirname(uploads), { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const name of await readdir(uploads))
      await rm(join(uploads, name), { recursive: true, force: true });
    await put('projects/1/plan.txt', 'the plan of Atlas');
    await put('projects/2/plan.txt', 'the plan of Borealis');
    await put('shared/a.txt', 'twice');
    await put('shared/b.txt', 'twice');
  });

  describe('in a backup', () => {
    it('are taken along when they are asked for, and listed beside the artefact', async () => {
      const without = (await api('POST', '/api/v1/backup')).body.backup;
      expect(without.documents).toBeNull();

      const backup = await backUp();
      expect(backup.documents).toEqual({ files: 4, bytes: 17 + 20 + 5 + 5, partial: null });
      const text = await readFile(listPath(backup.filename), 'utf8');
      const [header, ...lines] = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(header).toMatchObject({ format: 'holdfast-documents', format_version: 1, folders: ['uploads'] });
      const totals = lines.pop();
      expect(totals).toMatchObject({ files: 4, bytes: 47 });
      expect(lines.map(({ path }) => path).sort()).toEqual([
        'uploads/projects/1/plan.txt',
        'uploads/projects/2/plan.txt',
        'uploads/shared/a.txt',
        'uploads/shared/b.txt',
      ]);
      const manifestPath = join(service.folder, 'backups/full', `${backup.filename}.manifest.json`);
      const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
      expect(manifest.documents.list_sha256).toBe(sha256Of(text));
    });

    it('are stored once, however many files and backups have the same content', async () => {
      await backUp();
      const before = await blobs();
      await put('shared/c.txt', 'twice');
      await put('new.txt', 'new in the second');
      await backUp();
      expect((await blobs()).length).toBe(before.length + 1);
      expect(await readFile(blobOf('twice'), 'utf8')).toBe('twice');
    });

    it('make it partial where one cannot be had, and every answer says which', async () => {
      await symlink('/etc/passwd', join(uploads, 'shared/link'));
      await put(`shared/\u00e4.txt`, 'fine');
      await writeFile(Buffer.from(`${uploads}/shared/\xff.txt`, 'latin1'), 'no UTF-8');
      const backup = await backUp();
      expect(backup.documents).toMatchObject({ files: 5, partial: { count: 2 } });
      const reasons = Object.fromEntries(
        backup.documents.partial.files.map(({ path, reason }: { path: string; reason: string }) => [
          path,
          reason,
        ]),
      );
      expect(reasons).toEqual({
        'uploads/shared/link': expect.stringMatching(/symbolic link/),
        'uploads/shared/\ufffd.txt': expect.stringMatching(/not UTF-8/),
      });
      expect(backup.warnings).toEqual([expect.stringMatching(/partial: 2 of its documents/)]);
      const { body } = await api('GET', '/api/v1/backup/status');
      expect(body.system_status.warnings).toEqual([expect.stringMatching(/partial: 2 of its documents/)]);
    });

    it('make it partial when a file changes for as long as it is read', async () => {
      await put('growing.log', 'x'.repeat(20_000_000));
      const growth = setInterval(() => void appendFile(join(uploads, 'growing.log'), 'x'), 1);
      try {
        const { documents } = await backUp();
        expect(documents.partial).toEqual({
          count: 1,
          files: [
            { path: 'uploads/growing.log', reason: expect.stringMatching(/changed while it was read/) },
          ],
        });
      } finally {
        clearInterval(growth);
      }
    });

    it('are unknown to the lists of files that are no backups, and go with the last backup that names them', async () => {
      await put('gone.txt', 'soon gone');
      const first = await backUp();
      const second = await backUp();
      const { body } = await api('GET', '/api/v1/backup/status');
      expect(body.system_status.unlisted_files).toEqual([]);
      const sweep = service.app.get(BlobSweep);
      const age = () => utimes(blobOf('soon gone'), 1, 1);
      await rm(join(uploads, 'gone.txt'));

      await api('DELETE', `/api/v1/backup/${first.filename}`);
      await expect(readFile(listPath(first.filename))).rejects.toThrow(/ENOENT/);
      await age();
      await sweep.sweep();
      expect(await readFile(blobOf('soon gone'), 'utf8')).toBe('soon gone');

      await api('DELETE', `/api/v1/backup/${second.filename}`);
      await utimes(blobOf('soon gone'), new Date(), new Date());
      expect(await sweep.sweep()).toBe(0);
      await age();
      expect(await sweep.sweep()).toBe(1);
      expect(await readFile(blobOf('twice'), 'utf8')).toBe('twice');
    });
  });

  describe('that are damaged in the store', () => {
    const verify = (filename: string) =>
      api('POST', `/api/v1/backup/${filename}/verify`, { level: 'stored' });

    it('are named by a verification, and mended by the next backup that has them', async () => {
      await put('hurt.txt', 'to be hurt');
      const backup = await backUp();
      expect((await verify(backup.filename)).status).toBe(200);

      await writeFile(blobOf('to be hurt'), 'to be HURT');
      const hurt = await verify(backup.filename);
      expect([hurt.status, hurt.body.detail]).toEqual([422, expect.stringMatching(/uploads\/hurt\.txt/)]);

      await rm(blobOf('to be hurt'));
      expect((await verify(backup.filename)).body.detail).toMatch(/uploads\/hurt\.txt is missing/);

      await writeFile(blobOf('to be hurt'), 'to be HURT');
      await backUp();
      expect(await readFile(blobOf('to be hurt'), 'utf8')).toBe('to be hurt');
      expect((await verify(backup.filename)).status).toBe(200);
    });

    it('are damage as well when their list was changed', async () => {
      const backup = await backUp();
      await appendFile(listPath(backup.filename), '{}\n');
      const { status, body } = await verify(backup.filename);
      expect([status, body.detail]).toEqual([422, expect.stringMatching(/list of the documents/)]);
    });
  });

  describe('in a restore of the database', () => {
    const restore = (filename: string, more = {}) =>
      api('POST', '/api/v1/backup/restore', { filename, ...more });
    const damage = async () => {
      await rm(join(uploads, 'projects/1'), { recursive: true });
      await put('projects/2/plan.txt', 'altered');
      await put('added/later.txt', 'added later');
      await target.run(`UPDATE projects SET name = 'Damaged'`);
    };
    let backup: { filename: string };
    let before: Record<string, string>;
    let rowsBefore: Record<string, string[]>;

    beforeEach(async () => {
      await target.run(`UPDATE projects SET name = CASE id WHEN 1 THEN 'Atlas' ELSE 'Borealis' END`);
      backup = await backUp();
      before = await contentOf();
      rowsBefore = await everything(target);
    });

    it('take the place of what is there, which comes back with the undo, and again', async () => {
      await chmod(join(uploads, 'projects/2/plan.txt'), 0o640);
      backup = await backUp();
      await damage();
      const damaged = await contentOf();
      const { body } = await restore(backup.filename);
      expect(body.restore).toMatchObject({ documents: { files: 4, partial: null } });
      expect(await contentOf()).toEqual(before);
      expect(await everything(target)).toEqual(rowsBefore);
      expect((await stat(join(uploads, 'projects/2/plan.txt'))).mode & 0o777).toBe(0o640);

      await put('shared/a.txt', 'changed after the restore');
      const changed = await contentOf();
      const back = await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
      expect(back.status).toBe(200);
      expect(await contentOf()).toEqual(damaged);

      const again = await api('POST', `/api/v1/backup/undo/${back.body.undo.id}/restore`);
      expect(again.status).toBe(200);
      expect(await contentOf()).toEqual(changed);
      expect(await everything(target)).toEqual(rowsBefore);

      await api('DELETE', `/api/v1/backup/undo/${again.body.undo.id}`);
      expect(await readdir(join(uploads, '.holdfast'))).toEqual([]);
    });

    it('stay as they are when they are left out, or are none of the backup', async () => {
      await damage();
      const damaged = await contentOf();
      const { body } = await restore(backup.filename, { include_documents: false });
      expect(body.restore.documents).toBeNull();
      expect([await contentOf(), await everything(target)]).toEqual([damaged, rowsBefore]);
    });

    it('leave everything as it was when a content is damaged or missing', async () => {
      await damage();
      const [damaged, rows] = [await contentOf(), await everything(target)];
      await writeFile(blobOf('twice'), 'TWICE');
      const refused = await restore(backup.filename);
      expect([refused.status, refused.body.detail]).toEqual([
        422,
        expect.stringMatching(/uploads\/shared\//),
      ]);
      await rm(blobOf('twice'));
      expect((await restore(backup.filename)).status).toBe(422);
      expect([await contentOf(), await everything(target)]).toEqual([damaged, rows]);
      await put('shared/a.txt', 'twice');
      await backUp();
    });

    it('leave no empty database behind where one is missing and their folder is, too', async () => {
      const lost = await sqliteTarget();
      await lost.run('CREATE TABLE projects (id INTEGER PRIMARY KEY)');
      const folder = join(dirname(uploads), 'lost');
      await mkdir(folder);
      const other = await startApp({ HOLDFAST_DATABASE_URL: lost.url, HOLDFAST_DOCUMENTS_DIR: folder });
      const call = await other.asSuperadmin();
      const { filename } = (await call('POST', '/api/v1/backup', { include_documents: true })).body.backup;
      for (const end of ['', '-wal', '-shm'])
        await rm(`${lost.url.slice('sqlite:'.length)}${end}`, { force: true });
      await rm(folder, { recursive: true });

      const refused = await call('POST', '/api/v1/backup/restore', { filename });
      expect([refused.status, refused.body.detail]).toEqual([422, expect.stringMatching(/folder/)]);
      expect((await call('POST', '/api/v1/backup')).body.code).toBe('database-unreachable');
      await other.stop();
      await lost.drop();
    });

    it('never lead out of their folder, whatever a list says', async () => {
      await damage();
      const [damaged, rows] = [await contentOf(), await everything(target)];
      const artefact = join(service.folder, 'backups/full', backup.filename);
      const forge = listForger(artefact, await readFile(listPath(backup.filename), 'utf8'));
      const hostile = [
        'uploads/../../escaped.txt',
        '/etc/escaped.txt',
        '../escaped.txt',
        'uploads/a/./b',
        'uploads//b',
        'uploads',
        'uploads/.holdfast/x/journal.json',
        'elsewhere/a.txt',
        'uploads/a\\u0000b',
        `uploads/${'x'.repeat(300)}`,
        'uploads/shared/b.txt',
        'uploads/shared/b.txt/below',
      ];
      for (const path of hostile) {
        await forge('uploads/shared/a.txt', path);
        const refused = await restore(backup.filename);
        expect([path, refused.status, refused.body.code]).toEqual([path, 422, 'artefact-damaged']);
      }
      expect([await contentOf(), await everything(target)]).toEqual([damaged, rows]);
      expect(await readdir(dirname(uploads))).toEqual(['uploads']);
    });
  });

  describe('of a project', () => {
    const of = (path: string) => `/api/v1/projects/1/backup${path}`;
    const backUpProject = async () => (await api('POST', of(''))).body.backup;
    const restore = async (filename: string, more = {}) => {
      const { status, body } = await api('POST', of('/restore'), { filename, ...more });
      expect([status, body.detail]).toEqual([200, undefined]);
      return body.restore_summary;
    };
    const others = { 'projects/2/plan.txt': 'not mine', 'shared/a.txt': 'twice', 'shared/b.txt': 'twice' };

    beforeEach(async () => {
      await target.run(`UPDATE projects SET name = CASE id WHEN 1 THEN 'Atlas' ELSE 'Borealis' END`);
      await put('projects/1/deep/er.txt', 'deeper');
    });
    const damage = async () => {
      await put('projects/1/plan.txt', 'altered');
      await rm(join(uploads, 'projects/1/deep'), { recursive: true });
      await put('projects/1/later.txt', 'later');
      await put('projects/2/plan.txt', 'not mine');
      await target.run(`UPDATE projects SET name = 'Damaged' WHERE id = 1`);
    };

    it('go with its backup, and come back with it and with the undo; others are not touched', async () => {
      const backup = await backUpProject();
      expect(backup.documents).toEqual({ files: 2, bytes: 23, partial: null });
      await damage();
      const damaged = await contentOf();

      const summary = await restore(backup.filename);
      expect(summary.documents).toMatchObject({ files: 2 });
      expect(await contentOf()).toEqual({
        'projects/1/deep/er.txt': 'deeper',
        'projects/1/plan.txt': 'the plan of Atlas',
        ...others,
      });
      expect(await target.rows('SELECT name FROM projects WHERE id = 1')).toEqual(['"Atlas"']);
      expect(await readdir(join(uploads, '.holdfast'))).toEqual([]);

      await restore(summary.undo_filename);
      expect(await contentOf()).toEqual(damaged);
      expect(await target.rows('SELECT name FROM projects WHERE id = 1')).toEqual(['"Damaged"']);
    });

    it('are restored as the mode says, and not at all with a part of the rows or when left out', async () => {
      const { filename } = await backUpProject();
      await damage();
      const mine = { 'projects/1/later.txt': 'later', ...others };
      const altered = { ...mine, 'projects/1/plan.txt': 'altered' };
      expect((await restore(filename, { tables: ['projects'] })).documents).toBeNull();
      expect((await restore(filename, { include_documents: false })).documents).toBeNull();
      expect(await contentOf()).toEqual(altered);
      await restore(filename, { mode: 'undelete' });
      expect(await contentOf()).toEqual({ ...altered, 'projects/1/deep/er.txt': 'deeper' });
      await restore(filename, { mode: 'overwrite' });
      const plan = { 'projects/1/plan.txt': 'the plan of Atlas' };
      expect(await contentOf()).toEqual({ ...mine, ...plan, 'projects/1/deep/er.txt': 'deeper' });
    });

    it('are never those of another project, whatever a list says', async () => {
      const { filename } = await backUpProject();
      await damage();
      const damaged = await contentOf();
      const artefact = join(service.folder, 'backups/userbackups/1', filename);
      const forge = listForger(artefact, await readFile(`${artefact}.documents.jsonl`, 'utf8'));
      await forge('uploads/projects/1/plan.txt', 'uploads/projects/2/plan.txt');
      const refused = await api('POST', of('/restore'), { filename });
      expect([refused.status, refused.body.detail]).toEqual([
        422,
        expect.stringMatching(/projects\/2\/plan/),
      ]);
      expect(await contentOf()).toEqual(damaged);
      expect(await target.rows('SELECT name FROM projects WHERE id = 1')).toEqual(['"Damaged"']);
    });

    it('are not replaced when what is there could not be brought back', async () => {
      const { filename } = await backUpProject();
      await damage();
      await symlink('/etc/passwd', join(uploads, 'projects/1/link'));
      const damaged = await contentOf();
      const refused = await api('POST', of('/restore'), { filename });
      expect([refused.status, refused.body.detail]).toEqual([
        422,
        expect.stringMatching(/projects\/1\/link/),
      ]);
      expect(await contentOf()).toEqual(damaged);
    });

    it('are given to a copy of it under its own id', async () => {
      const { filename } = await backUpProject();
      const copied = await restore(filename, { mode: 'copy', name: 'Atlas II' });
      const id = copied.copy.project_id;
      expect(copied.documents).toMatchObject({ files: 2 });
      expect(await contentOf()).toMatchObject({
        [`projects/${id}/plan.txt`]: 'the plan of Atlas',
        [`projects/${id}/deep/er.txt`]: 'deeper',
        'projects/1/plan.txt': 'the plan of Atlas',
      });
      await target.run(`DELETE FROM projects WHERE id = ${id}`);
    });

    it('come out of a full backup with its rows: its own, with their contents stored once', async () => {
      const full = await backUp();
      const stored = (await blobs()).length;
      await damage();
      const extract = (id: number) =>
        api('POST', `/api/v1/projects/${id}/backup/extract`, { full_filename: full.filename });
      const { status, body } = await extract(1);
      expect([status, body.detail]).toEqual([200, undefined]);
      expect(body.backup.documents).toEqual({ files: 2, bytes: 23, partial: null });
      expect(await blobs()).toHaveLength(stored);

      await restore(body.backup.filename);
      expect(await contentOf()).toEqual({
        'projects/1/deep/er.txt': 'deeper',
        'projects/1/plan.txt': 'the plan of Atlas',
        ...others,
      });

      await rm(blobOf('deeper'));
      const reason = 'is damaged or missing in the full backup';
      const partial = { count: 1, files: [{ path: 'uploads/projects/1/deep/er.txt', reason }] };
      const lacking = (await extract(1)).body.backup;
      expect(lacking.documents).toEqual({ files: 1, bytes: 17, partial });
      const before = await contentOf();
      await restore(lacking.filename);
      expect(await contentOf()).toEqual(before);

      await rm(listPath(full.filename));
      const unknown = (await extract(2)).body.backup;
      expect(unknown.documents).toMatchObject({ files: 0, partial: { count: 1 } });
      expect(unknown.warnings.join()).toMatch(/list of the documents of the full backup is damaged/);
    });
  });
});
