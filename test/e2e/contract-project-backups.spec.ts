import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../../src/common/sizes.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';

const base = '/api/v1/projects/1/backup';
const projectName = 'Harbour web shop';

describe('project backups, as the guide has them', () => {
  let clock: FrozenClock;
  let service: RunningApp;
  let api: Api;
  let folder: string;
  let live: Database.Database;
  /** Rows of project 1, by table. */
  let rows: Record<string, number>;
  beforeEach(async () => {
    clock = new FrozenClock('2025-08-23T23:32:26Z');
    service = await startApp({ HOLDFAST_TIMEZONE: 'Europe/Oslo' }, { clock });
    api = await service.asSuperadmin();
    folder = join(service.folder, 'backups', 'userbackups', '1');
    live = new Database(join(service.folder, 'data', 'demo.db'));
    rows = countRows(live, 1);
  });
  afterEach(async () => {
    live.close();
    await service.stop();
  });

  it('are none at first', async () => {
    expect((await api('GET', base)).body).toEqual({
      backups: [],
      total: 0,
      project_id: 1,
      backup_directory: `${folder}/`,
    });
    const { status, body } = await api('GET', `${base}/status`);
    expect(status).toBe(200);
    expect(body.system_status).toMatchObject({
      backup_directory: `${folder}/`,
      backup_directory_exists: true,
      backup_directory_writable: true,
      max_backups_kept: 10,
      project_id: 1,
    });
    expect(body.backup_stats).toEqual({
      total_backups: 0,
      total_size: 0,
      total_size_formatted: '0 B',
      oldest_backup: null,
      newest_backup: null,
    });
  });

  it('are created with everything that the guide shows', async () => {
    const { status, body } = await api('POST', base);
    const filename = 'project_1_backup_2025-08-24_01-32-26.json';
    const bytes = readFileSync(join(folder, filename));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      message: 'Project backup created successfully',
      backup: {
        filename,
        filepath: join(folder, filename),
        filesize: bytes.length,
        filesize_formatted: formatBytes(bytes.length),
        created_at: '2025-08-24 01:32:26',
        project_id: 1,
        project_name: projectName,
        data_summary: rows,
      },
    });
  });

  it('are JSON that people can read: what it is, then one row per line', async () => {
    const { filepath, data_summary } = (await api('POST', base)).body.backup;
    const text = readFileSync(filepath, 'utf8');
    expect(Object.entries(JSON.parse(text)).slice(0, 4)).toEqual([
      ['format', 'holdfast-project'],
      ['backup_version', '1.1'],
      ['project_id', 1],
      ['project_name', projectName],
    ]);
    const total = Object.values<number>(data_summary).reduce((sum, count) => sum + count, 0);
    const rowLines = text.split('\n').filter((line) => /^\s*\[.*\],?$/.test(line));
    expect(rowLines).toHaveLength(total);
    expect(text).not.toContain('City Museum');
  });

  it('are listed with everything that the guide shows, newest first', async () => {
    const first = await api('POST', base, { description: 'the first' });
    clock.advanceSeconds(60);
    const second = await api('POST', base);
    const { status, body } = await api('GET', base);
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 2, project_id: 1, backup_directory: `${folder}/` });
    expect(body.backups[0].filename).toBe(second.body.backup.filename);
    const bytes = readFileSync(first.body.backup.filepath);
    const { id, name } = (await api('GET', '/api/v1/auth/me')).body;
    expect(body.backups[1]).toMatchObject({
      filename: 'project_1_backup_2025-08-24_01-32-26.json',
      filepath: join(folder, 'project_1_backup_2025-08-24_01-32-26.json'),
      filesize: bytes.length,
      filesize_formatted: formatBytes(bytes.length),
      created_at: '2025-08-24 01:32:26',
      modified_at: '2025-08-24 01:32:26',
      description: 'the first',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      metadata: {
        project_id: 1,
        project_name: projectName,
        created_at: '2025-08-24 01:32:26',
        created_by: id,
        created_by_name: name,
        backup_version: '1.1',
      },
    });
  });

  it('have a status that counts them, and no other project’s', async () => {
    const first = await api('POST', base);
    clock.advanceSeconds(60);
    const second = await api('POST', base);
    await api('POST', '/api/v1/projects/2/backup');
    const { body } = await api('GET', `${base}/status`);
    const total = first.body.backup.filesize + second.body.backup.filesize;
    expect(body.backup_stats).toEqual({
      total_backups: 2,
      total_size: total,
      total_size_formatted: formatBytes(total),
      oldest_backup: { filename: first.body.backup.filename, created_at: '2025-08-24 01:32:26' },
      newest_backup: { filename: second.body.backup.filename, created_at: '2025-08-24 01:33:26' },
    });
  });

  it('are restored, and what that replaced is a backup too', async () => {
    const user = await service.createUser();
    await api('PUT', `/api/v1/projects/1/members/${user.id}`, { role: 'admin' });
    const { filename } = (await service.api(user.token)('POST', base)).body.backup;
    const before = contentOf(live, 1);
    const other = contentOf(live, 2);
    live.exec("DELETE FROM areas WHERE id = 1; UPDATE areas SET name = 'damaged' WHERE project_id = 1");
    const damaged = contentOf(live, 1);

    const { status, body } = await api('POST', `${base}/restore`, { filename, mode: 'exact' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      message: 'Project backup restored successfully',
      restore_summary: {
        backup_filename: filename,
        backup_created_at: '2025-08-24 01:32:26',
        backup_created_by: user.email,
        restored_data: rows,
        undo_filename: expect.stringMatching(/^project_1_backup_2025-08-24_01-32-26_2\.json$/),
      },
    });
    expect(contentOf(live, 1)).toEqual(before);

    const undo = { filename: body.restore_summary.undo_filename };
    expect((await api('POST', `${base}/restore`, undo)).status).toBe(200);
    expect(contentOf(live, 1)).toEqual(damaged);
    expect(contentOf(live, 2)).toEqual(other);
  });

  it('bring back a project whose root row is gone', async () => {
    const { filename } = (await api('POST', base)).body.backup;
    const before = contentOf(live, 1);
    live.pragma('foreign_keys = ON');
    live.exec('DELETE FROM projects WHERE id = 1');
    expect((await api('POST', base)).status).toBe(404);
    expect((await api('GET', base)).body.total).toBe(1);
    expect((await api('GET', `${base}/status`)).body.backup_stats.total_backups).toBe(1);
    const { status, body } = await api('POST', `${base}/restore`, { filename });
    expect([status, body.restore_summary.undo_filename]).toEqual([200, null]);
    expect(contentOf(live, 1)).toEqual(before);
  });

  it('are deleted with their manifest', async () => {
    const { filename } = (await api('POST', base)).body.backup;
    expect(readdirSync(folder).sort()).toEqual([filename, `${filename}.manifest.json`]);
    const { status, body } = await api('DELETE', `${base}/${filename}`);
    expect([status, body]).toEqual([200, { success: true, message: expect.stringContaining(filename) }]);
    expect(readdirSync(folder)).toEqual([]);
    expect((await api('DELETE', `${base}/${filename}`)).status).toBe(404);
  });

  it('of an unknown project are 404, also for a superadmin', async () => {
    for (const [method, path] of [
      ['POST', ''],
      ['GET', ''],
      ['GET', '/status'],
    ] as const) {
      const { status, body } = await api(method, `/api/v1/projects/999/backup${path}`);
      expect([method, path, status, body.code]).toEqual([method, path, 404, 'not-found']);
    }
  });

  it('keep the newest of each project, and do not count the other’s', async () => {
    await service.stop();
    service = await startApp({ HOLDFAST_MAX_PROJECT_BACKUPS: '2' }, { clock });
    api = await service.asSuperadmin();
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      clock.advanceSeconds(1);
      made.push((await api('POST', base)).body.backup.filename);
      await api('POST', '/api/v1/projects/2/backup');
    }
    const { body } = await api('GET', base);
    expect(body.backups.map(({ filename }: { filename: string }) => filename)).toEqual([made[2], made[1]]);
    expect((await api('GET', '/api/v1/projects/2/backup')).body.total).toBe(2);
    expect((await api('GET', `${base}/status`)).body.system_status.max_backups_kept).toBe(2);
  });

  it('do not take a mode that they do not know', async () => {
    const { filename } = (await api('POST', base)).body.backup;
    const { status, body } = await api('POST', `${base}/restore`, { filename, mode: 'sideways' });
    expect([status, body.code, body.errors]).toEqual([
      400,
      'bad-input',
      [{ field: 'mode', message: expect.any(String) }],
    ]);
  });
});

const ownership: Record<string, string> = {
  projects: 'SELECT * FROM projects WHERE id = ?',
  project_members: 'SELECT * FROM project_members WHERE project_id = ?',
  areas: 'SELECT * FROM areas WHERE project_id = ?',
  sections: 'SELECT s.* FROM sections s JOIN areas a ON a.id = s.area_id WHERE a.project_id = ?',
  strings: `SELECT t.* FROM strings t JOIN sections s ON s.id = t.section_id
    JOIN areas a ON a.id = s.area_id WHERE a.project_id = ?`,
  translations: `SELECT n.* FROM translations n JOIN strings t ON t.id = n.string_id
    JOIN sections s ON s.id = t.section_id JOIN areas a ON a.id = s.area_id WHERE a.project_id = ?`,
};

function contentOf(database: Database.Database, project: number): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(ownership).map(([table, sql]) => [
      table,
      database.prepare(`${sql} ORDER BY 1, 2`).raw().all(project),
    ]),
  );
}

function countRows(database: Database.Database, project: number): Record<string, number> {
  const content = contentOf(database, project);
  return Object.fromEntries(Object.entries(content).map(([table, found]) => [table, found.length]));
}
