import Database from 'better-sqlite3';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { formatBytes } from '../../src/common/sizes.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';

const base = '/api/v1/backup';

describe('full backups, as the guide has them', () => {
  let clock: FrozenClock;
  let service: RunningApp;
  let api: Api;
  let folder: string;
  beforeEach(async () => {
    clock = new FrozenClock('2025-08-23T20:56:27Z');
    service = await startApp({ HOLDFAST_TIMEZONE: 'Europe/Oslo' }, { clock });
    api = await service.asSuperadmin();
    folder = join(service.folder, 'backups', 'full');
  });
  afterEach(() => service.stop());

  it('are none at first', async () => {
    expect((await api('GET', base)).body).toEqual({
      backups: [],
      total: 0,
      backup_directory: `${folder}/`,
    });
    const { status, body } = await api('GET', `${base}/status`);
    expect(status).toBe(200);
    expect(body.backup_stats).toEqual({
      total_backups: 0,
      total_size: 0,
      total_size_formatted: '0 B',
      oldest_backup: null,
      newest_backup: null,
    });
  });

  it('are created with everything that the guide shows', async () => {
    const { status, body, headers } = await api('POST', base, { description: 'before the move' });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);

    const filename = 'backup_2025-08-23_22-56-27.db';
    const filepath = join(folder, filename);
    const bytes = readFileSync(filepath);
    expect(body).toMatchObject({ success: true, message: 'Database backup created successfully' });
    expect(body.backup).toMatchObject({
      filename,
      filepath,
      filesize: bytes.length,
      filesize_formatted: formatBytes(bytes.length),
      created_at: '2025-08-23 22:56:27',
      timestamp: '2025-08-23_22-56-27',
      description: 'before the move',
    });
    const inSingleDatabaseGuide = {
      database: 'default',
      filename,
      size: bytes.length,
      created_at: '2025-08-23T22:56:27.000+02:00',
    };
    expect(body).toMatchObject(inSingleDatabaseGuide);
  });

  it('are listed with everything that the guide shows, newest first', async () => {
    const first = await api('POST', base, { description: 'the first' });
    clock.advanceSeconds(60);
    const second = await api('POST', base);
    const { status, body } = await api('GET', base);
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 2, backup_directory: `${folder}/` });
    const bytes = readFileSync(first.body.backup.filepath);
    expect(body.backups.map(({ filename }: { filename: string }) => filename)).toEqual([
      second.body.filename,
      first.body.filename,
    ]);
    expect(body.backups[1]).toMatchObject({
      filename: 'backup_2025-08-23_22-56-27.db',
      filepath: join(folder, 'backup_2025-08-23_22-56-27.db'),
      filesize: bytes.length,
      filesize_formatted: formatBytes(bytes.length),
      size: bytes.length,
      created_at: '2025-08-23 22:56:27',
      modified_at: '2025-08-23 22:56:27',
      description: 'the first',
      method: 'manual',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      verified_level: 'readable',
      verified_at: '2025-08-23 22:56:27',
      damage: null,
    });
  });

  it('have a status that counts them', async () => {
    const first = await api('POST', base);
    clock.advanceSeconds(60);
    const second = await api('POST', base);
    const { body } = await api('GET', `${base}/status`);
    expect(body.system_status).toMatchObject({
      backup_directory: `${folder}/`,
      backup_directory_exists: true,
      backup_directory_writable: true,
      mysqldump_available: true,
      max_backups_kept: 20,
    });
    const total = first.body.size + second.body.size;
    expect(body.backup_stats).toEqual({
      total_backups: 2,
      total_size: total,
      total_size_formatted: formatBytes(total),
      oldest_backup: { filename: first.body.filename, created_at: '2025-08-23 22:56:27' },
      newest_backup: { filename: second.body.filename, created_at: '2025-08-23 22:57:27' },
    });
  });

  it.each([
    {
      how: 'named in the body',
      call: (filename: string) => ({ path: `${base}/restore`, body: { filename } }),
    },
    { how: 'named in the path', call: (filename: string) => ({ path: `${base}/${filename}/restore` }) },
  ])('are restored when $how, and what that replaced can be put back', async ({ call }) => {
    const live = new Database(join(service.folder, 'data', 'demo.db'));
    const areas = () => live.prepare('SELECT name FROM areas ORDER BY id').pluck().all();
    try {
      const before = areas();
      const { filename } = (await api('POST', base)).body;
      live.exec("UPDATE areas SET name = 'damaged'");
      const damaged = areas();

      clock.set('2025-08-23T21:10:00Z');
      const { path, body: asked } = { body: undefined, ...call(filename) };
      const { status, body } = await api('POST', path, asked);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        success: true,
        message: 'Database restored successfully from backup',
        database: 'default',
        restored_from: filename,
        restore: { filename, filepath: join(folder, filename), restored_at: '2025-08-23 23:10:00' },
      });
      expect(areas()).toEqual(before);

      const undos = await api('GET', `${base}/undo`);
      expect(undos.body).toMatchObject({
        total: 1,
        undos: [{ id: body.restore.undo_id, backup_filename: filename }],
      });
      const putBack = await api('POST', `${base}/undo/${body.restore.undo_id}/restore`);
      expect([putBack.status, putBack.body.success]).toEqual([200, true]);
      expect(areas()).toEqual(damaged);
      expect((await api('POST', `${base}/undo/${body.restore.undo_id}/restore`)).status).toBe(404);
    } finally {
      live.close();
    }
  });

  it('are deleted with their manifest', async () => {
    const { filename } = (await api('POST', base)).body;
    expect(readdirSync(folder).sort()).toEqual([filename, `${filename}.manifest.json`]);
    const { status, body } = await api('DELETE', `${base}/${filename}`);
    expect([status, body]).toEqual([
      200,
      { success: true, status: 'deleted', message: expect.stringContaining(filename) },
    ]);
    expect(readdirSync(folder)).toEqual([]);
    expect((await api('DELETE', `${base}/${filename}`)).status).toBe(404);
    expect((await api('GET', base)).body.total).toBe(0);
  });
});

describe('full backups with compression', () => {
  it.each([
    ['gzip', /^backup_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.db\.gz$/, 'application/gzip'],
    ['zstd', /^backup_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.db\.zst$/, 'application/zstd'],
  ])('%s say so by their name and type', async (compression, name, contentType) => {
    const service = await startApp({ HOLDFAST_COMPRESSION: compression });
    try {
      const api = await service.asSuperadmin();
      const { body } = await api('POST', base);
      expect(body.filename).toMatch(name);
      expect(body.size).toBe(statSync(body.backup.filepath).size);
      const { headers } = await api('HEAD', `${base}/${body.filename}/download`);
      expect(headers.get('content-type')).toBe(contentType);
      expect((await api('POST', `${base}/${body.filename}/restore`)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
