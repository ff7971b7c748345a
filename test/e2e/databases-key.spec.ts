import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { commandProcess } from '../support/command-line.js';
import { grown } from '../support/grown.js';

const url = '/api/databases/kept';
const first = 'the first key, long enough to be taken';
const second = 'the second key, long enough to be taken';

let folder: string;
let target: Target;
let running: RunningApp[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-key-'));
  target = await sqliteTarget();
  await target.run('CREATE TABLE notes (id INT PRIMARY KEY)');
  running = [];
});
afterEach(async () => {
  for (const service of running) await service.stop();
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});

/** One more service on the same catalogue. */
async function start(settings: Record<string, string> = {}, data = 'data'): Promise<Api> {
  const service = await startApp({
    HOLDFAST_DATA_DIR: join(folder, data),
    HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
    HOLDFAST_CATALOG_URL: `sqlite:${join(folder, 'data', 'catalog.db')}`,
    ...(await grown(join(folder, 'data'))),
    ...settings,
  });
  running.push(service);
  return service.asSuperadmin();
}

async function stop(): Promise<void> {
  for (const service of running.splice(0)) await service.stop();
}

const register = (api: Api) => api('POST', '/api/databases', { name: 'kept', url: target.url });
const works = async (api: Api) => (await api('POST', `${url}/test`)).body;
const rotate = (settings: Record<string, string> = {}) =>
  commandProcess(folder, settings, '--json', 'databases', 'rotate-key');

interface Kept {
  connection: string;
  key_id: string;
}

/** What the catalogue keeps of the connection. */
async function kept(): Promise<Kept> {
  const catalogue = running[0]!.app.get(DataSource);
  const [row] = await catalogue.query<Kept[]>('SELECT connection, key_id FROM registered_databases');
  return row!;
}

describe('The key of the connection data', () => {
  const file = () => join(folder, 'data', 'secret-key');

  it('is made at its first use, outside the catalogue, for its owner only', async () => {
    const api = await start();
    await expect(stat(file())).rejects.toThrow('ENOENT');
    await register(api);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await stop();
    expect(await works(await start())).toMatchObject({ success: true });
  });

  it('is needed: without it the database is listed, said to be closed, and can be entered again', async () => {
    await register(await start());
    await stop();
    await rm(file());
    const api = await start();
    expect((await api('GET', '/api/databases')).body.total).toBe(2);
    expect((await api('GET', url)).body.database).toMatchObject({
      connection: null,
      problems: [expect.stringContaining('secret-key')],
    });
    expect(await works(api)).toMatchObject({ success: false, problems: [expect.stringContaining('key')] });
    expect((await api('POST', '/api/v1/backup')).status).toBe(200);
    expect((await api('PATCH', url, { url: target.url })).status).toBe(200);
    expect(await works(api)).toMatchObject({ success: true });
  });

  it('is replaced while the service runs, which goes on with both', async () => {
    const api = await start();
    await register(api);
    const hook = await api('POST', `${url}/notifications`, { kind: 'webhook', url: 'https://hook.example/' });
    const [before, oldKey] = [await kept(), await readFile(file(), 'utf8')];
    const { code, out } = await rotate();
    expect(code).toBe(0);
    const after = await kept();
    expect(JSON.parse(out)).toEqual({ resealed: 1, key_id: after.key_id });
    expect(after.key_id).not.toBe(before.key_id);
    const newKey = await readFile(file(), 'utf8');
    expect(newKey).not.toContain(oldKey.trim());
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await works(api)).toMatchObject({ success: true });
    expect((await api('GET', url)).body.database.problems).toEqual([]);
    const { body } = await api('GET', `${url}/notifications/${hook.body.notification.id}`);
    expect(body.notification).toMatchObject({ url: 'https://hook.example/', problems: [] });
    expect((await api('PATCH', url, { url: target.url })).status).toBe(200);
    expect((await kept()).key_id).toBe(after.key_id);
  });

  it('comes from the environment, where the old one is needed once', async () => {
    await register(await start({ HOLDFAST_SECRET_KEY: first }));
    await expect(stat(file())).rejects.toThrow('ENOENT');
    await stop();
    const refused = await rotate({ HOLDFAST_SECRET_KEY: second });
    expect([refused.code, refused.err]).toEqual([6, expect.stringContaining('another key')]);
    const done = await rotate({ HOLDFAST_SECRET_KEY: second, HOLDFAST_OLD_SECRET_KEY: first });
    expect([done.code, JSON.parse(done.out).resealed]).toEqual([0, 1]);
    expect(await works(await start({ HOLDFAST_SECRET_KEY: second }))).toMatchObject({ success: true });
    await stop();
    expect(await works(await start({ HOLDFAST_SECRET_KEY: first }))).toMatchObject({ success: false });
  });

  it('moves from the file into the environment', async () => {
    await register(await start());
    await stop();
    expect((await rotate({ HOLDFAST_SECRET_KEY: first })).code).toBe(0);
    await expect(stat(file())).rejects.toThrow('ENOENT');
    expect(await works(await start({ HOLDFAST_SECRET_KEY: first }))).toMatchObject({ success: true });
  });

  it('is finished being replaced after an interruption', async () => {
    await register(await start());
    await stop();
    // As far as a rotation had come that was killed before it sealed anything: the fresh key stands before the old one.
    const old = await readFile(file(), 'utf8');
    await writeFile(file(), `${'fresh'.repeat(10)}\n${old}`, { mode: 0o600 });
    expect(await works(await start())).toMatchObject({ success: true });
    await stop();
    expect((await rotate()).code).toBe(0);
    expect((await readFile(file(), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(await works(await start())).toMatchObject({ success: true });
  });
});

describe('The command line', () => {
  it('backs up and restores a registered database, whose password it finds in the catalogue', async () => {
    await register(await start());
    await stop();
    await target.run('INSERT INTO notes VALUES (1)');
    const cli = (...words: string[]) => commandProcess(folder, {}, '--json', '--database', 'kept', ...words);
    const made = await cli('backup');
    expect(made.code).toBe(0);
    await target.run('DELETE FROM notes');
    const { filename, database } = JSON.parse(made.out);
    expect(database).toBe('kept');
    expect((await cli('restore', filename, '--yes')).code).toBe(0);
    expect(await target.rows('SELECT id FROM notes')).toEqual(['1']);
  });
});

describe('Two services on one catalogue', () => {
  const settings = { HOLDFAST_SECRET_KEY: first };

  const soon = async (api: Api, status: number, want: object) => {
    for (let wait = 0; ; wait += 100) {
      const answer = await api('POST', `${url}/test`);
      if (answer.status === status) return expect(answer.body).toMatchObject(want);
      if (wait > 6_000) throw new Error(`Still ${answer.status} and not ${status}`);
      await sleep(100);
    }
  };

  it('see within seconds what the other one registered and removed', async () => {
    const one = await start(settings);
    const other = await start(settings, 'other-data');
    await register(one);
    await soon(other, 200, { success: true });
    await other('DELETE', url);
    await soon(one, 404, { code: 'not-found' });
  });
});
