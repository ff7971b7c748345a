import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Copier } from '../../src/offsite/copier.service.js';
import { StorageService } from '../../src/storage/storage.service.js';
import { everything, mysqlTarget, sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { isThere } from '../support/programs.js';
import { s3Settings, startS3Server, type S3Server } from '../support/s3/s3-server.js';
import { describeOnServers } from '../support/servers.js';

describeOnServers('Copies in object storage', (server) => {
  let s3: S3Server;
  let folder: string;
  let target: Target;
  let service: RunningApp;
  let api: Api;
  let prefix: string;

  async function start(more: Record<string, string> = {}): Promise<void> {
    service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_COMPRESSION: 'zstd',
      ...s3Settings(s3),
      // What another test has made in the same second has the same name.
      HOLDFAST_S3_PREFIX: (prefix = `holdfast-${randomUUID()}`),
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
    expect(body).toMatchObject({
      offsiteUrl: expect.stringContaining(`${prefix}/full/${body.filename}.age`),
    });

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
    const object = `/${s3.bucket}/${prefix}/full/${filename}`;
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

interface Machine {
  home: string;
  target: Target;
  uploads: string;
  service: RunningApp;
  api: Api;
}

/** Nothing is left of the old machine: neither its folders, nor its catalogue, nor the database, nor the documents. */
describe('A machine that was lost, with a bucket and a key left', () => {
  let s3: S3Server;
  let identity: string;
  let recipient: string;
  let machine: Machine;

  /** A new one, whose database and documents are empty. */
  async function setUp(keys: Record<string, string>): Promise<void> {
    const home = await mkdtemp(join(tmpdir(), 'holdfast-machine-'));
    const uploads = join(home, 'uploads');
    await mkdir(uploads);
    const target = await sqliteTarget();
    const service = await startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_DATA_DIR: join(home, 'data'),
      HOLDFAST_BACKUP_DIR: join(home, 'backups'),
      HOLDFAST_DOCUMENTS_DIR: uploads,
      HOLDFAST_PROJECT_DOCUMENTS: 'uploads/projects/{project_id}/**',
      ...s3Settings(s3),
      ...keys,
    });
    machine = { home, target, uploads, service, api: await service.asSuperadmin() };
    expect(await problems()).toContain('discovery');
    await service.app.get(Copier).round();
    expect(await problems()).not.toContain('discovery');
  }

  const problems = async () => (await machine.api('GET', '/health/ready')).body.problems;

  async function lose(): Promise<void> {
    await machine.service.stop();
    await machine.target.drop();
    await rm(machine.home, { recursive: true });
  }

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await machine.api(method, path, body);
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    return answer.body;
  };
  const documents = async () => {
    const read = (path: string) => readFile(join(machine.uploads, path), 'utf8');
    return { shared: await read('terms.pdf'), own: await read('projects/2/invoice.pdf') };
  };

  beforeAll(async () => {
    s3 = await startS3Server();
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });
  afterEach(lose);
  afterAll(() => s3.close());

  it('is made anew by another: the database, one project and the documents are back', async () => {
    await setUp({ HOLDFAST_AGE_RECIPIENTS: recipient });
    await machine.target.run(
      `CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT, logo BLOB);
       CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects, title TEXT);
       INSERT INTO projects VALUES (1, 'Harbour', x'00ff'), (2, 'Lighthouse', NULL);
       INSERT INTO tasks VALUES (1, 1, 'Dredge'), (2, 2, 'Light the lamp')`,
    );
    await mkdir(join(machine.uploads, 'projects/2'), { recursive: true });
    await writeFile(join(machine.uploads, 'terms.pdf'), 'the terms');
    await writeFile(join(machine.uploads, 'projects/2/invoice.pdf'), 'an invoice');
    const before = { rows: await everything(machine.target), documents: await documents() };
    const full = (await call('POST', '/api/v1/backup', { include_documents: true })).backup;
    const project = (await call('POST', '/api/v1/projects/2/backup')).backup;
    await machine.service.app.get(Copier).round();
    await lose();

    await setUp({ HOLDFAST_AGE_IDENTITIES: identity });
    expect((await call('GET', '/api/v1/backup')).backups).toMatchObject([
      {
        filename: full.filename,
        state: 'elsewhere',
        origin: 'found',
        copies: [{ kind: 's3', state: 'done' }],
      },
    ]);
    const early = await machine.api('POST', '/api/v1/projects/2/backup/restore', {
      filename: project.filename,
    });
    expect(early.body.detail).toContain('Restore a backup of the whole database first');
    await call('POST', '/api/v1/backup/restore', { filename: full.filename });
    expect({ rows: await everything(machine.target), documents: await documents() }).toEqual(before);

    await machine.target.run("UPDATE projects SET name = 'Wreck'; DELETE FROM tasks");
    await writeFile(join(machine.uploads, 'terms.pdf'), 'other terms');
    await rm(join(machine.uploads, 'projects/2/invoice.pdf'));
    await call('POST', '/api/v1/projects/2/backup/restore', { filename: project.filename });
    expect(await machine.target.rows('SELECT name FROM projects ORDER BY id')).toEqual([
      '"Wreck"',
      '"Lighthouse"',
    ]);
    expect(await machine.target.rows('SELECT title FROM tasks')).toEqual(['"Light the lamp"']);
    expect(await documents()).toEqual({ shared: 'other terms', own: 'an invoice' });
  });
});
