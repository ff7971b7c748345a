import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Courier } from '../../src/notifications/courier.service.js';
import { CatalogService } from '../../src/catalog/catalog.service.js';
import { HttpReceiver } from './support/receivers.js';
import { createLocalization, rowsOfProject } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { everything, mysqlTarget, type Target } from '../factories/target.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';
import { companions } from '../factories/shop.js';
import { until } from '../support/until.js';

describeOnServers('With the catalogue in a server', (server) => {
  let catalogue: TemporarySchema;
  let target: Target;
  let database: string;
  let folder: string;
  let service: RunningApp;
  let api: Api;

  /** On the same folders and the same catalogue as the last one. */
  const open = () =>
    startApp({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_CATALOG_URL: catalogue.url,
      HOLDFAST_DATA_DIR: join(folder, 'data'),
      HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
      HOLDFAST_MAX_BACKUPS: '2',
    });
  const start = async () => {
    service = await open();
    api = await service.asSuperadmin();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-catalogue-'));
    catalogue = await temporarySchema(server);
    target = await mysqlTarget(server);
    database = new URL(target.url).pathname.slice(1);
    await createLocalization(target);
    await start();
  });
  afterAll(async () => {
    await service.stop();
    for (const name of await companions(catalogue.connection, database)) {
      await catalogue.connection.query(`DROP DATABASE ${name}`);
    }
    await target.drop();
    await catalogue.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('a database is backed up, damaged, restored and put back', async () => {
    const before = await everything(target);
    const made = await api('POST', '/api/v1/backup', { description: 'før 😀' });
    expect(made.status).toBe(200);
    await target.run("UPDATE users SET email = CONCAT('x', email); DELETE FROM reports");
    const damaged = await everything(target);
    const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
    expect(restored.body).toMatchObject({ success: true });
    expect(await everything(target)).toEqual(before);
    const undo = `/api/v1/backup/undo/${restored.body.restore.undo_id}/restore`;
    expect((await api('POST', undo)).status).toBe(200);
    expect(await everything(target)).toEqual(damaged);
    const { body } = await api('GET', '/api/v1/backup');
    expect(body.backups[0]).toMatchObject({ filename: made.body.filename, description: 'før 😀' });
  });

  it('the newest backups are kept, and those made at one moment have names of their own', async () => {
    const made = await Promise.all([1, 2, 3].map(() => api('POST', '/api/v1/backup')));
    expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(made.map(({ body }) => body.filename)).size).toBe(3);
    const { body } = await api('GET', '/api/v1/backup');
    expect(body.total).toBe(2);
    const { backup_stats } = (await api('GET', '/api/v1/backup/status')).body;
    expect(backup_stats).toMatchObject({
      total_backups: 2,
      total_size: body.backups[0].size + body.backups[1].size,
    });
  });

  it('a project is backed up, damaged and restored', async () => {
    const backups = await ProjectBackups.of(service);
    const before = await rowsOfProject(target, 1);
    const { filename } = await backups.create(1);
    await target.run("UPDATE strings SET source = 'gone' WHERE id < 1009");
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await rowsOfProject(target, 1)).toEqual(before);
    expect(await backups.names(1)).toContain(filename);
  });

  it('a link for one download leads to a backup until it was used, and another until it was revoked', async () => {
    const { body } = await api('POST', '/api/v1/backup');
    const path = `/api/databases/default/backups/${body.backup.id}`;
    const link = async (): Promise<string> =>
      (await api('GET', `${path}/archive?single_use=true`)).body.download_url;
    const [first, second] = [await link(), await link()];
    const file = await fetch(first);
    expect([file.status, (await file.arrayBuffer()).byteLength]).toEqual([200, body.size]);
    // 429 until its end is written down.
    const again = async (): Promise<number> => {
      const { status } = await fetch(first);
      return status === 429 ? again() : status;
    };
    expect(await again()).toBe(410);
    expect((await api('DELETE', `${path}/links`)).body.revoked).toBe(1);
    expect((await fetch(second)).status).toBe(410);
  });

  it('the events of a job are refused to who may not see it, before they begin', async () => {
    const { body } = await api('POST', '/api/v1/backup', {}, { prefer: 'respond-async' });
    const user = await service.createUser();
    const events = await service.api(user.token)('GET', `/api/jobs/${body.job_id}/events`);
    expect([events.status, events.body.code]).toEqual([404, 'not-found']);
    expect((await api('GET', `/api/jobs/${body.job_id}/events`)).body).toContain('event: job');
    expect((await api('DELETE', `/api/v1/users/${user.id}`)).status).toBe(200);
  });

  it('users, their tokens and their memberships are kept over a restart', async () => {
    const user = await service.createUser();
    const token = await service.api(user.token)('POST', '/api/v1/auth/tokens', { name: 'cron' });
    expect(token.status).toBe(201);
    const again = await api('POST', '/api/v1/users', {
      email: user.email.toUpperCase(),
      name: 'twice',
      password: 'a password for tests',
      role: 'user',
    });
    expect(again.status).toBe(409);
    const members = '/api/v1/projects/1/members';
    for (const role of ['admin', 'member']) {
      expect((await api('PUT', members, { email: user.email, role })).status).toBe(200);
    }

    await service.stop();
    await start();

    const me = await service.api(token.body.token)('GET', '/api/v1/auth/me');
    expect(me.body).toMatchObject({ email: user.email, role: 'user', projects: [{ id: 1, role: 'member' }] });
    expect((await api('GET', members)).body.members).toEqual([
      expect.objectContaining({ user_id: user.id, role: 'member' }),
    ]);
    expect((await api('DELETE', `${members}/${user.id}`)).status).toBe(200);
    const tokens = `/api/v1/auth/tokens/${token.body.id}`;
    expect((await service.api(user.token)('DELETE', tokens)).status).toBe(200);
    expect((await service.api(token.body.token)('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await api('DELETE', `/api/v1/users/${user.id}`)).status).toBe(200);
    expect((await api('GET', '/api/v1/users')).body.total).toBe(1);
  });

  it('the audit log holds what was done, over restarts, and tells what somebody changed in it', async () => {
    const made = await api('POST', '/api/v1/backup');
    await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
    const { body } = await api('GET', `/api/v1/audit?filter[subject]=${made.body.filename}`);
    const told = body.entries.map(
      (entry: Record<string, string>) => `${entry['action']} ${entry['outcome']}`,
    );
    expect(told).toEqual(['full-restore ok', 'full-restore started', 'full-backup ok']);
    expect((await api('GET', '/api/v1/audit?filter[action]=make-user&sort=seq')).body.total).toBeGreaterThan(
      1,
    );

    const verify = async () => (await api('GET', '/api/v1/audit/verify')).body;
    expect(await verify()).toMatchObject({ intact: true });
    const change = 'UPDATE audit_entries SET subject = ? WHERE seq = ?';
    await catalogue.connection.query(change, ['another', body.entries[1].seq]);
    expect(await verify()).toMatchObject({ intact: false, first_broken: { seq: body.entries[1].seq } });
    await catalogue.connection.query(change, [made.body.filename, body.entries[1].seq]);
    expect(await verify()).toMatchObject({ intact: true });
  });

  it('what two services notice at once is told once, and counted once', async () => {
    const receiver = await HttpReceiver.open();
    const other = await open();
    try {
      const succeeded = async () => {
        const { body } = await api('GET', '/metrics');
        const line = /^holdfast_backups_total\{database="default",scope="full",outcome="success"\} (\d+)$/m;
        return Number(line.exec(body as string)?.[1] ?? 0);
      };
      const couriers = [service, other].map(({ app }) => app.get(Courier, { strict: false }));
      const round = () => Promise.all(couriers.map((courier) => courier.round()));
      await round();
      const before = await succeeded();
      const hook = {
        kind: 'webhook',
        url: receiver.url,
        events: ['backup.succeeded', 'backup.present-again'],
      };
      expect((await api('POST', '/api/databases/default/notifications', hook)).status).toBe(201);
      for (let made = 0; made < 3; made += 1) {
        await api('POST', '/api/v1/backup');
        await round();
      }
      // What one takes and the other has just lost is looked at again in the next round, and they go round by themselves, too.
      await until(async () => {
        await round();
        return receiver.calls.length >= 3;
      });
      await round();
      expect(receiver.calls).toHaveLength(3);
      expect(await succeeded()).toBe(before + 3);
      const target_seconds = 3600;
      const point = (await api('PUT', '/api/databases/default/recovery-point', { target_seconds })).body;
      expect(point).toMatchObject({ met: true, target_seconds, last_good: { filename: expect.any(String) } });
    } finally {
      await other.stop();
      await receiver.close();
    }
  });

  it('a backup of a schema with thousands of tables fits into its row', async () => {
    const catalog = service.app.get(CatalogService, { strict: false });
    const names = Array.from({ length: 4_000 }, (_, index) => `a_table_with_quite_a_long_name_${index}`);
    const contents = { tables: Object.fromEntries(names.map((name) => [name, 1])), warnings: [] };
    const scope = { database: 'wide' };
    const backup = await catalog.open({
      ...scope,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      stem: 'backup_wide',
      ending: '.sql',
      engine: 'mysql',
      compression: 'none',
      description: null,
      createdBy: null,
      createdByName: null,
    });
    await catalog.seal(backup, { size: 1, sha256: '0'.repeat(64), contents });
    expect((await catalog.get(scope, backup.filename)).contents).toEqual(contents);
    expect(existsSync(join(service.folder, 'data', 'catalog.db'))).toBe(false);
  });
});
