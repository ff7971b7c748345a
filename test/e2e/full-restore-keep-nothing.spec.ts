import { writeFile } from 'node:fs/promises';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { everything, sqliteTarget, type Target } from '../factories/target.js';

/** The way out when what is live cannot be kept. Broken servers: test/integration/mysql-broken-live.spec.ts. */
describe('A restore that keeps nothing', () => {
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let filename: string;
  let before: Record<string, string[]>;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO projects VALUES (1, 'Atlas')`,
    );
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url });
    api = await service.asSuperadmin();
    filename = (await api('POST', '/api/v1/backup')).body.filename;
    before = await everything(target);
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  it('is what the refusal of an ordinary restore names, and what then succeeds', async () => {
    const path = target.url.replace(/^sqlite:/, '');
    await writeFile(path, 'This is no database any more. '.repeat(200));
    await writeFile(`${path}-wal`, '');

    const refused = await api('POST', '/api/v1/backup/restore', { filename });
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringMatching(/keep_nothing/)]);

    const restored = await api('POST', '/api/v1/backup/restore', { filename, keep_nothing: true });
    expect(restored.status).toBe(200);
    expect(restored.body.restore).toMatchObject({
      undo_id: null,
      undo_expires_at: null,
      kept_nothing: true,
      notes: [expect.stringMatching(/cannot be undone/)],
    });
    expect((await api('GET', '/api/v1/backup/undo')).body.total).toBe(0);
    expect((await api('GET', '/api/v1/projects')).body.projects).toEqual([
      expect.objectContaining({ name: 'Atlas' }),
    ]);
  });

  it('may be asked for with the file name in the path, and is not the default', async () => {
    await target.run(`INSERT INTO projects VALUES (2, 'Borealis')`);
    const kept = await api('POST', `/api/v1/backup/${filename}/restore`);
    expect([kept.status, kept.body.restore.kept_nothing]).toEqual([200, false]);
    await target.run(`INSERT INTO projects VALUES (2, 'Borealis')`);
    const dropped = await api('POST', `/api/v1/backup/${filename}/restore`, { keep_nothing: true });
    expect([dropped.status, dropped.body.restore.undo_id]).toEqual([200, null]);
    expect(await everything(target)).toEqual(before);
    expect((await api('GET', '/api/v1/backup/undo')).body.total).toBe(1);
  });

  it('is refused when the choice is no yes or no', async () => {
    for (const keep_nothing of ['yes', 1, 'false']) {
      const { status, body } = await api('POST', '/api/v1/backup/restore', { filename, keep_nothing });
      expect([status, body.errors]).toEqual([400, [expect.objectContaining({ field: 'keep_nothing' })]]);
    }
  });

  it('refuses a damaged backup like any other restore, with what is live untouched', async () => {
    await writeFile(`${service.folder}/backups/full/${filename}`, 'x'.repeat(100));
    const refused = await api('POST', '/api/v1/backup/restore', { filename, keep_nothing: true });
    expect([refused.status, refused.body.code]).toEqual([422, 'artefact-damaged']);
    expect(await everything(target)).toEqual(before);
  });
});
