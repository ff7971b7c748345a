import Database from 'better-sqlite3';
import { rmSync, writeFileSync } from 'node:fs';
import { sqliteTarget } from '../factories/target.js';
import { startApp, type Answer } from '../support/app.js';

const base = '/api/v1/backup';

describe('The guide of a service with one SQLite database', () => {
  it('works command by command, and without a token where authentication is off', async () => {
    const target = await sqliteTarget();
    await target.run("CREATE TABLE notes (note TEXT); INSERT INTO notes VALUES ('kept')");
    const service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_AUTH: 'disabled' });
    try {
      const curl = (method: string, path = '') => fetch(`${service.url}${base}${path}`, { method });
      const body = (response: Response): Promise<Answer['body']> => response.json();

      const created = await curl('POST');
      const backup = await body(created);
      expect([created.status, backup]).toEqual([
        200,
        expect.objectContaining({
          database: 'default',
          filename: expect.stringMatching(/^\w+_\d{4}-?\d\d-?\d\d_\d\d-?\d\d-?\d\d\.db$/),
          size: expect.any(Number),
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
        }),
      ]);
      const { filename, size } = backup;

      const listed = await curl('GET');
      expect(listed.status).toBe(200);
      expect((await body(listed)).backups).toEqual([
        expect.objectContaining({ filename, size, created_at: expect.any(String) }),
      ]);

      await target.run("UPDATE notes SET note = 'damaged'");
      const restored = await curl('POST', `/${filename}/restore`);
      expect([restored.status, await body(restored)]).toEqual([
        200,
        expect.objectContaining({ database: 'default', restored_from: filename }),
      ]);
      expect(await target.rows('SELECT note FROM notes')).toEqual(['"kept"']);

      const download = await curl('GET', `/${filename}/download`);
      expect([download.status, download.headers.get('content-type')]).toEqual([200, 'application/x-sqlite3']);
      const copy = `${service.folder}/backup.db`;
      writeFileSync(copy, Buffer.from(await download.arrayBuffer()));
      const opened = new Database(copy, { readonly: true });
      expect(opened.prepare('SELECT note FROM notes').pluck().all()).toEqual(['kept']);
      opened.close();
      rmSync(copy);

      const deleted = await curl('DELETE', `/${filename}`);
      expect([deleted.status, await body(deleted)]).toEqual([
        200,
        expect.objectContaining({ status: 'deleted' }),
      ]);
      expect((await body(await curl('GET'))).backups).toEqual([]);
    } finally {
      await service.stop();
      await target.drop();
    }
  });
});
