import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Copier } from '../../src/offsite/copier.service.js';
import { StorageService } from '../../src/storage/storage.service.js';
import { mysqlTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { startS3Server, type S3Server } from '../support/s3/s3-server.js';
import { describeOnServers } from '../support/servers.js';

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;

describeOnServers('Copies in object storage', (server) => {
  let s3: S3Server;
  let folder: string;
  let target: Target;
  let service: RunningApp;
  let api: Api;

  async function start(more: Record<string, string> = {}): Promise<void> {
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_COMPRESSION: 'zstd',
      HOLDFAST_S3_BUCKET: s3.bucket,
      HOLDFAST_S3_ENDPOINT: s3.endpoint,
      HOLDFAST_S3_REGION: s3.region,
      HOLDFAST_S3_ACCESS_KEY_ID: s3.accessKeyId,
      HOLDFAST_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
      HOLDFAST_S3_PREFIX: 'holdfast',
      ...more,
    });
    api = await service.asSuperadmin();
  }

  beforeAll(async () => {
    s3 = await startS3Server({ lock: true });
    folder = await mkdtemp(join(tmpdir(), 'holdfast-offsite-s3-'));
    target = await mysqlTarget(server);
    await target.run('CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, data BLOB)');
    await target.run("INSERT INTO projects VALUES (1, 'Harbour', x'00ff0a27'), (2, 'Leuchtturm', NULL)");
  });
  afterEach(() => service.stop());
  afterAll(async () => {
    await target.drop();
    await s3.close();
    await rm(folder, { recursive: true });
  });

  const withPrograms = isThere('age') && isThere('zstd') ? it : it.skip;

  withPrograms('are opened by age, zstd and the client of the server, with nothing of ours', async () => {
    const key = join(folder, 'key.txt');
    execFileSync('age-keygen', ['-o', key], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', key], { encoding: 'utf8' }).trim();
    await start({ HOLDFAST_AGE_RECIPIENTS: recipient });
    const { status, body } = await api('POST', '/api/backup/create', {});
    expect(status).toBe(201);
    expect(body).toMatchObject({ offsiteUrl: expect.stringContaining(`holdfast/full/${body.filename}.age`) });

    const [place] = service.app.get(StorageService).places;
    const link = await place!.link(`full/${body.filename}.age`, { seconds: 60, filename: 'x' });
    const encrypted = join(folder, 'backup.age');
    await writeFile(encrypted, Buffer.from(await (await fetch(link!)).arrayBuffer()));
    const before = await target.rows('SELECT id, name, HEX(data) FROM projects ORDER BY id');
    await target.run('DROP TABLE projects');
    const { hostname, port, pathname, username } = new URL(target.url);
    const program = server.name === 'MariaDB' ? 'mariadb' : 'mysql';
    const client = `${program} --no-defaults --protocol=tcp -h ${hostname} -P ${port} -u ${username} ${pathname.slice(1)}`;
    execFileSync('bash', ['-o', 'pipefail', '-c', `age -d -i ${key} ${encrypted} | zstd -dc | ${client}`]);
    expect(await target.rows('SELECT id, name, HEX(data) FROM projects ORDER BY id')).toEqual(before);
  });

  it('are made at once in one place while another is away', async () => {
    await start({ HOLDFAST_COPY_DIR: join(folder, 'not-mounted') });
    const { status, body } = await api('POST', '/api/backup/create', {});
    expect([status, body.detail]).toEqual([503, expect.stringContaining('was made, but not copied')]);
    const [{ copies }] = (await api('GET', '/api/v1/backup')).body.backups;
    expect(copies).toMatchObject([
      { kind: 'local', state: 'waiting', error: expect.stringContaining('HOLDFAST_COPY_DIR') },
      { kind: 's3', state: 'done', error: null },
    ]);
  });

  it('are locked with their pin, and are linked to by the bucket itself where they are all there is', async () => {
    await start();
    const { backupId, filename, size } = (await api('POST', '/api/backup/create', {})).body;
    await api('PUT', `/api/v1/backup/${filename}/pin`);
    await service.app.get(Copier).round();
    const object = `/${s3.bucket}/holdfast/full/${filename}`;
    expect(s3.gate.lock!.keeps(object, new Date())).toBe(true);
    await api('DELETE', `/api/v1/backup/${filename}/pin`);
    await service.app.get(Copier).round();
    expect(s3.gate.lock!.keeps(object, new Date())).toBe(false);

    await rm(join(service.folder, 'backups', 'full', filename));
    const { body } = await api('GET', `/api/databases/default/backups/${backupId}/archive`);
    expect(body.download_url).toMatch(new RegExp(`^${s3.endpoint}/`));
    expect((await (await fetch(body.download_url)).arrayBuffer()).byteLength).toBe(size);

    expect((await api('DELETE', `/api/backup/${backupId}`)).status).toBe(200);
    expect(await (await fetch(body.download_url)).text()).toContain('NoSuchKey');
  });
});
