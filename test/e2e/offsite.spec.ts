import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../src/artefacts/artefacts.types.js';
import { DiscoveryService } from '../../src/catalog/discovery.service.js';
import { Copier } from '../../src/offsite/copier.service.js';
import { PlaceUpkeep } from '../../src/offsite/place-upkeep.service.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';

describe('Copies of backups in another place', () => {
  let target: Target;
  let home: string;
  let uploads: string;
  let identity: string;
  let recipient: string;
  let service: RunningApp;
  let api: Api;

  const place = () => join(home, 'copies');
  const settings = (more: Record<string, string> = {}) => ({
    HOLDFAST_DATABASE_URL: target.url,
    HOLDFAST_DATA_DIR: join(home, 'data'),
    HOLDFAST_BACKUP_DIR: join(home, 'backups'),
    HOLDFAST_COPY_DIR: place(),
    HOLDFAST_DOCUMENTS_DIR: uploads,
    HOLDFAST_AGE_RECIPIENTS: recipient,
    HOLDFAST_AGE_IDENTITIES: identity,
    HOLDFAST_MAX_BACKUPS: '3',
    ...more,
  });
  const round = () => service.app.get(Copier).round();
  const backups = async () => (await api('GET', '/api/v1/backup')).body.backups;
  const backup = async (filename: string) =>
    (await backups()).find((one: { filename: string }) => one.filename === filename);
  const make = async (): Promise<{ filename: string; filepath: string; copies: unknown[] }> => {
    const { status, body } = await api('POST', '/api/v1/backup', { include_documents: true });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.backup;
  };
  const names = async () =>
    (await target.rows('SELECT name FROM projects ORDER BY id')).join().replaceAll('"', '');
  const restore = (filename: string) => api('POST', '/api/v1/backup/restore', { filename });
  const everyFile = async () =>
    (await readdir(place(), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  async function start(more: Record<string, string> = {}): Promise<void> {
    service = await startApp(settings(more));
    api = await service.asSuperadmin();
  }

  beforeAll(async () => {
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-offsite-'));
    await mkdir(place());
    uploads = await mkdtemp(join(tmpdir(), 'holdfast-uploads-'));
    target = await sqliteTarget();
    await target.run('CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT)');
    await target.run("INSERT INTO projects VALUES (1, 'Harbour'), (2, 'Lighthouse')");
    await start();
  });
  afterEach(async () => {
    await service.stop();
    await target.drop();
    await rm(home, { recursive: true, force: true });
    await rm(uploads, { recursive: true, force: true });
  });

  it('are encrypted, named with their keys, and go with the backup', async () => {
    const { filename, copies } = await make();
    // Nobody waits for it, and whoever asked hears of it.
    expect(copies).toMatchObject([{ place: place(), state: expect.stringMatching(/waiting|done/) }]);
    await round();
    expect(await backup(filename)).toMatchObject({
      state: 'present',
      copies: [{ place: place(), kind: 'local', state: 'done', encrypted_for: [recipient], error: null }],
    });
    expect((await everyFile()).sort()).toEqual(
      ['age', 'documents.jsonl.age', 'manifest.json'].map((ending) => `${filename}.${ending}`),
    );
    const manifest = JSON.parse(await readFile(join(place(), 'full', `${filename}.manifest.json`), 'utf8'));
    expect(manifest.encryption).toMatchObject({ format: 'age-encryption.org/v1', recipients: [recipient] });
    expect(await readFile(join(place(), 'full', `${filename}.age`), 'utf8')).toMatch(
      /^age-encryption.org\/v1\n/,
    );

    expect((await api('DELETE', `/api/v1/backup/${filename}`)).status).toBe(200);
    await round();
    expect(await everyFile()).toEqual([]);
  });

  it('keep the contents of documents as long as a list there names them', async () => {
    const [shared, own] = [join(uploads, 'terms.pdf'), join(uploads, 'invoice.pdf')];
    await writeFile(shared, 'the terms');
    await writeFile(own, 'an invoice');
    const first = await make();
    await rm(own);
    await make();
    await round();
    const contents = async () =>
      (await everyFile()).filter((name) => /^[0-9a-f]{64}\.age$/.test(name)).length;
    await service.app.get(PlaceUpkeep).sweep();
    expect(await contents()).toBe(2);
    await api('DELETE', `/api/v1/backup/${first.filename}`);
    await round();
    await service.app.get(PlaceUpkeep).sweep();
    expect(await contents()).toBe(1);
  });

  it('bring back a file that is gone, or is not what it was, when somebody needs it', async () => {
    const { filename, filepath } = await make();
    await round();
    const before = await readFile(filepath);
    await target.run('DELETE FROM projects');

    await rm(filepath);
    expect((await backup(filename)).state).toBe('elsewhere');
    expect((await restore(filename)).status).toBe(200);
    expect(await names()).toBe('Harbour,Lighthouse');
    expect(await readFile(filepath)).toEqual(before);

    await appendFile(filepath, 'x');
    expect((await backup(filename)).state).toBe('damaged');
    const { status, body } = await restore(filename);
    expect([status, body.code]).toEqual([200, undefined]);
    expect(await readFile(filepath)).toEqual(before);

    await rm(filepath);
    const { id } = await backup(filename);
    expect((await api('POST', '/api/admin/dump', { backup_id: id, public: false })).status).toBe(201);
    expect(await readFile(filepath)).toEqual(before);

    await rm(`${filepath}.manifest.json`);
    await rm(filepath);
    const { headers } = await api('GET', `/api/v1/backup/${filename}/download`);
    expect(headers.get('content-length')).toBe(String(before.length));
  });

  it('are no help when they are damaged themselves, and then say so', async () => {
    const { filename, filepath } = await make();
    await round();
    await appendFile(join(place(), 'full', `${filename}.age`), 'x');
    await rename(filepath, `${filepath}.away`);
    expect((await restore(filename)).body).toMatchObject({ status: 404 });
    expect((await backup(filename)).copies).toMatchObject([
      { state: 'waiting', error: expect.stringContaining('other') },
    ]);
    // The file is back: the copy is made anew.
    await rename(`${filepath}.away`, filepath);
    await round();
    expect((await backup(filename)).copies).toMatchObject([{ state: 'done', error: null }]);
  });

  it('are read to their last byte when somebody wants them verified', async () => {
    const { filename } = await make();
    await round();
    const verify = async () =>
      (await api('POST', `/api/v1/backup/${filename}/verify`, { level: 'stored', copies: true })).body
        .verification.checks;
    expect(await verify()).toContainEqual({
      name: 'copy',
      ok: true,
      detail: expect.stringContaining(place()),
    });
    const path = join(place(), 'full', `${filename}.age`);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    expect(await verify()).toContainEqual({
      name: 'copy',
      ok: false,
      detail: expect.stringContaining('SHA-256'),
    });
    await round();
    expect((await verify()).at(-1)).toMatchObject({ name: 'copy', ok: true });
  });

  it('wait for a place that is away, and hold retention up so long', async () => {
    await rename(place(), `${place()}.away`);
    const made = [];
    for (let count = 0; count < 4; count += 1) made.push((await make()).filename);
    await round();
    expect(await backups()).toHaveLength(4);
    expect((await backup(made[0]!)).copies).toMatchObject([
      { state: 'waiting', error: expect.stringContaining('folder') },
    ]);

    await rename(`${place()}.away`, place());
    const created = await api('POST', '/api/backup/create', { description: 'Pre-deployment backup' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ offsiteUrl: expect.stringContaining(place()), cloudinaryUrl: null });
  });

  it('leave alone what another installation keeps there under the same name, and say so', async () => {
    await service.stop();
    const clock = new FrozenClock('2026-03-01T02:00:00Z');
    const own = (name: string) => ({
      HOLDFAST_DATA_DIR: join(home, name, 'data'),
      HOLDFAST_BACKUP_DIR: join(home, name, 'backups'),
    });
    const staging = await startApp(settings(own('staging')), { clock });
    await staging.app.get(Copier).round();
    service = await startApp(settings(own('production')), { clock });
    api = await service.asSuperadmin();
    const { filename } = await make();
    await round();

    const onStaging = await staging.asSuperadmin();
    expect((await onStaging('POST', '/api/v1/backup')).body.backup.filename).toBe(filename);
    const manifest = await readFile(join(place(), 'full', `${filename}.manifest.json`), 'utf8');
    const discovery = staging.app.get(DiscoveryService);
    expect(await discovery.adopt(JSON.parse(manifest) as Manifest, `full/${filename}`)).toContain(
      'another backup of that name',
    );
    await staging.app.get(Copier).round();
    const [theirs] = (await onStaging('GET', '/api/v1/backup')).body.backups;
    expect(theirs.copies).toMatchObject([
      { state: 'waiting', error: expect.stringContaining('Another installation') },
    ]);
    expect((await onStaging('DELETE', `/api/v1/backup/${filename}`)).status).toBe(200);
    await staging.app.get(Copier).round();
    await staging.stop();
    const verified = await api('POST', `/api/v1/backup/${filename}/verify`, {
      level: 'stored',
      copies: true,
    });
    expect(verified.body.verification.checks.at(-1)).toMatchObject({ name: 'copy', ok: true });
  });

  it('are found by a new machine also in a place that was away at its first start', async () => {
    const { filename } = await make();
    await round();
    await service.stop();
    for (const folder of ['data', 'backups']) await rm(join(home, folder), { recursive: true });
    await rename(place(), `${place()}.away`);
    const clock = new FrozenClock('2026-03-01T02:00:00Z');
    service = await startApp(settings(), { clock });
    api = await service.asSuperadmin();
    await make();
    await service.stop();

    await rename(`${place()}.away`, place());
    await start();
    await round();
    expect(await backup(filename)).toMatchObject({ state: 'elsewhere', origin: 'found' });
  });

  it('stay for their own time when the file here goes', async () => {
    await service.stop();
    await start({ HOLDFAST_MAX_BACKUPS: '1', HOLDFAST_COPIES_KEEP_DAYS: '30' });
    const { filename, filepath } = await make();
    await round();
    await make();
    expect(existsSync(filepath)).toBe(false);
    expect(await backup(filename)).toMatchObject({ state: 'elsewhere', copies: [{ state: 'done' }] });
    expect((await restore(filename)).status).toBe(200);
  });

  it('of a pinned backup stay with it, whoever wants it gone', async () => {
    const { filename } = await make();
    await round();
    expect((await api('PUT', `/api/v1/backup/${filename}/pin`)).body).toMatchObject({
      pinned: true,
      copies: [{ state: 'done' }],
    });
    for (let count = 0; count < 4; count += 1) await make();
    await round();
    await api('POST', '/api/v1/backup/cleanup');
    expect(await backup(filename)).toMatchObject({ pinned: true, state: 'present' });
    const refused = await api('DELETE', `/api/v1/backup/${filename}`);
    expect(refused.body).toMatchObject({ status: 409, detail: expect.stringContaining('pinned') });
    await api('DELETE', `/api/v1/backup/${filename}/pin`);
    expect((await api('DELETE', `/api/v1/backup/${filename}`)).status).toBe(200);
  });

  it('that need a key which is not here are named with it', async () => {
    const { filename, filepath } = await make();
    await round();
    await rm(filepath);
    await service.stop();
    await start({ HOLDFAST_AGE_IDENTITIES: '' });
    const { body } = await restore(filename);
    expect(body).toMatchObject({ code: 'key-missing', detail: expect.stringContaining(recipient) });
  });

  it('answer as the fifth section of the contract says', async () => {
    const made = await api('POST', '/api/backup/create', {
      description: 'Pre-deployment backup',
      includeDocuments: true,
    });
    expect(made.status).toBe(201);
    const { backupId, filename, size, createdAt } = made.body;
    expect(made.body).toEqual({
      backupId,
      filename,
      size,
      offsiteUrl: `${place()}/full/${filename}.age`,
      cloudinaryUrl: null,
      createdAt,
      description: 'Pre-deployment backup',
    });
    const { body: list } = await api('GET', '/api/backup/list');
    expect(list).toMatchObject({
      backups: [made.body],
      total: 1,
      storageStats: { count: 1 },
      cloudinaryStats: { totalSize: 0, count: 0 },
    });
    expect(list.storageStats.totalSize).toBeGreaterThan(size);
    const bytes = await api('GET', `/api/backup/download/${backupId}`);
    expect(bytes.headers.get('content-length')).toBe(String(size));
    expect((await api('DELETE', `/api/backup/${backupId}`)).status).toBe(200);
    expect(await everyFile()).toEqual([]);
    expect((await api('GET', `/api/backup/download/${backupId}`)).status).toBe(404);
  });
});
