import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { BackupEntity } from '../../src/catalog/backup.entity.js';
import { DatabasesService } from '../../src/databases/databases.service.js';
import type { Engine } from '../../src/engines/engine.types.js';
import { describeAboveEngines, type Target } from '../factories/target.js';
import { type Api, jwtSecret, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';
import { until } from '../support/until.js';

const background = { Prefer: 'respond-async' };

const engineOf = (service: RunningApp): Engine =>
  service.app.get(DatabasesService, { strict: false }).get('default').engine;

describeAboveEngines('The process', (_engine, open) => {
  let target: Target;
  let service: RunningApp;
  let api: Api;

  beforeEach(async () => {
    target = await open();
    await target.run('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    service = await startApp({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_SHUTDOWN_SECONDS: '1' });
    api = await service.asSuperadmin();
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
  });

  const backups = () => service.app.get(DataSource).getRepository(BackupEntity);
  const statuses = async () => (await backups().find({ order: { seq: 'ASC' } })).map(({ status }) => status);
  const untilRunning = () => until(statuses, (found) => found.at(-1) === 'running');

  it('ends while a backup waits for the lock of another process', async () => {
    const held = await engineOf(service).lock(20_000);
    try {
      const made = api('POST', '/api/v1/backup');
      await untilRunning();
      const closed = service.app.close();
      expect((await made).body).toMatchObject({ status: 503, code: 'shutting-down' });
      await closed;
    } finally {
      await held.release();
    }
  });

  it('leaves no artefact of a backup that another process has marked as ended', async () => {
    const held = await engineOf(service).lock(20_000);
    const made = api('POST', '/api/v1/backup');
    await untilRunning();
    // What the start of a second process does, to which this one looks dead.
    await backups().update({ status: 'running' }, { status: 'error' });
    await held.release();
    expect((await made).body).toMatchObject({ status: 409, code: 'conflict' });
    expect(await statuses()).toEqual(['error']);
    expect(await readdir(join(service.folder, 'backups', 'full'))).toEqual([]);
    expect((await api('GET', '/api/v1/backup')).body.total).toBe(0);
  });

  it('never replaces nor removes a file that took the name of a backup meanwhile', async () => {
    const held = await engineOf(service).lock(20_000);
    const made = api('POST', '/api/v1/backup');
    await untilRunning();
    const [{ path }] = (await backups().find()) as [BackupEntity];
    const file = join(service.folder, 'backups', path);
    await mkdir(join(service.folder, 'backups', 'full'), { recursive: true });
    await writeFile(file, 'theirs');
    await held.release();
    expect((await made).body).toMatchObject({ status: 409, code: 'conflict' });
    expect(await readFile(file, 'utf8')).toBe('theirs');
  });

  it('refuses what too many wait for, and keeps no job of it', async () => {
    const held = await engineOf(service).lock(20_000);
    try {
      const asked = [];
      for (let i = 0; i < 21; i += 1) asked.push(await api('POST', '/api/v1/backup', {}, background));
      expect(asked.map(({ status }) => status)).toEqual([...Array<number>(20).fill(202), 429]);
      expect(asked.at(-1)?.headers.get('retry-after')).toBe('30');
    } finally {
      await service.app.close();
      await held.release();
    }
  });

  it('removes at its start the working files that a killed one left', async () => {
    const left = join(service.folder, 'data', 'work', 'abc');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'client.cnf'), 'password=hunter2');
    const next = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_DATA_DIR: join(service.folder, 'data'),
    });
    expect(existsSync(left)).toBe(false);
    await next.stop();
  });
});

describeOnServers('The process and its database', (server) => {
  let schema: TemporarySchema;
  let service: RunningApp;

  beforeAll(async () => {
    schema = await temporarySchema(server);
    service = await startApp({ HOLDFAST_DATABASE_URL: schema.url });
  });
  afterAll(async () => {
    await service.stop();
    await schema.drop();
  });

  it('takes few connections for many who ask for the status at once', async () => {
    const api = await service.asSuperadmin();
    const connections = async () => {
      const [rows] = await schema.connection.query(
        `SELECT COUNT(*) AS open_now FROM information_schema.processlist WHERE db = '${schema.name}'`,
      );
      return Number((rows as { open_now: number }[])[0]?.open_now);
    };
    let most = 0;
    let asking = true;
    const watch = (async () => {
      while (asking) most = Math.max(most, await connections());
    })();
    const answers = await Promise.all(Array.from({ length: 200 }, () => api('GET', '/api/v1/backup/status')));
    asking = false;
    await watch;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.every(({ body }) => body.system_status.database_reachable === true)).toBe(true);
    // One is the test's own.
    expect(most).toBeLessThanOrEqual(4);
  });
});

describe('Two processes', () => {
  let service: RunningApp;
  let folder: string;

  beforeEach(async () => {
    service = await startApp();
    folder = join(service.folder, 'other');
    await mkdir(folder);
  });
  afterEach(() => service.stop());

  const run = (settings: Record<string, string>) =>
    execa(process.execPath, [join(process.cwd(), 'dist', 'main.js')], {
      cwd: folder,
      env: {
        HOLDFAST_DATA_DIR: folder,
        HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
        HOLDFAST_JWT_SECRET: jwtSecret,
        NODE_OPTIONS: '',
        ...settings,
      },
      reject: false,
    });

  it('on one data folder: the second one is refused, and what the first one does goes on', async () => {
    const first = run({ PORT: '0' });
    try {
      await until(() => existsSync(join(folder, 'catalog.db')));
      const second = await run({ PORT: '0' });
      expect(second.exitCode).toBe(1);
      expect(second.stderr).toMatch(/could not start\. Another Holdfast .* HOLDFAST_DATA_DIR/);
      expect(first.exitCode).toBeNull();
    } finally {
      first.kill('SIGTERM');
    }
    expect((await first).exitCode).toBe(0);
  });

  it('on one port: the second one makes no catalogue, and no superadmin whose password is shown only once', async () => {
    const second = await run({ HOST: '127.0.0.1', PORT: new URL(service.url).port });
    expect(second).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('is in use') });
    expect(existsSync(join(folder, 'catalog.db'))).toBe(false);
  });
});
