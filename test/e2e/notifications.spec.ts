import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLog } from '../../src/common/http/logging.js';
import { SecretVault } from '../../src/databases/secrets/vault.service.js';
import { ChannelsService } from '../../src/notifications/channels.service.js';
import { Courier } from '../../src/notifications/courier.service.js';
import { JobWatch } from '../../src/notifications/job-watch.service.js';
import { ScopeStates } from '../../src/notifications/scope-states.service.js';
import { SchedulerService } from '../../src/schedules/scheduler.service.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { FrozenClock } from './support/frozen-clock.js';
import { HttpReceiver, isSignedBy, MailReceiver } from './support/receivers.js';

const base = '/api/databases/default/notifications';
const account = { user: 'holdfast', password: 'mail/pass#4711' };
const token = 'hush-4711';

const clock = new FrozenClock('2026-03-01T00:00:00Z');
const log: string[] = [];
let folder: string;
let receiver: HttpReceiver;
let mail: MailReceiver;
let service: RunningApp;
let api: Api;

/** On the folders and the catalogue of the last one. */
async function start(more: Record<string, string> = {}): Promise<void> {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log.push(chunk.toString());
      done();
    },
  });
  const settings = {
    HOLDFAST_DATA_DIR: join(folder, 'data'),
    HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
    HOLDFAST_DATABASE_URL: `sqlite:${shop()}`,
    ...more,
  };
  service = await startApp(settings, { clock, log: createLog('trace', sink) });
  api = await service.asSuperadmin();
}

const withMail = () => ({
  HOLDFAST_SMTP_URL: `smtp://${account.user}:${encodeURIComponent(account.password)}@127.0.0.1:${mail.port}`,
  HOLDFAST_MAIL_FROM: 'backups@holdfast.test',
});
const round = () => service.app.get(Courier, { strict: false }).round();
const backUp = async () => (await api('POST', '/api/v1/backup')).status;
/** The application's database: it can be backed up while it is there. */
const shop = () => join(folder, 'shop.db');
const makeShop = async () => {
  await rm(shop(), { force: true });
  new Database(shop())
    .exec(
      'CREATE TABLE IF NOT EXISTS projects (id INTEGER PRIMARY KEY); INSERT OR IGNORE INTO projects VALUES (1), (9)',
    )
    .close();
};
const breakShop = () => writeFile(shop(), 'This is no database.'.repeat(100));
const make = async (body: object) => {
  const made = await api('POST', base, body);
  expect([made.status, made.body.detail]).toEqual([201, undefined]);
  return made.body as { notification: { id: string }; secret?: string };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-notifications-'));
  await breakShop();
  receiver = await HttpReceiver.open();
  mail = await MailReceiver.open(account);
  await start(withMail());
});
afterAll(async () => {
  await service.stop();
  await receiver.close();
  await mail.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  receiver.calls.length = 0;
  mail.mails.length = 0;
});

describe('Notifications of a database', () => {
  let webhook: { notification: { id: string }; secret?: string };

  it('are webhooks, e-mails and heartbeats; a secret is told once, a URL to superadmins only', async () => {
    webhook = await make({ kind: 'webhook', url: `${receiver.url}/hook?token=${token}`, label: 'Pager' });
    await make({ kind: 'email', to: ['ops@holdfast.test', 'dba@holdfast.test'] });
    await make({ kind: 'heartbeat', url: `${receiver.url}/beat/${token}` });
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

    const shown = (await api('GET', base)).body;
    expect(shown.total).toBe(3);
    expect(shown.notifications).toEqual([
      expect.objectContaining({ kind: 'heartbeat', method: 'GET', events: [] }),
      expect.objectContaining({ kind: 'email', to: ['ops@holdfast.test', 'dba@holdfast.test'] }),
      expect.objectContaining({ label: 'Pager', active: true, last_delivery: null, problems: [] }),
    ]);
    expect(shown.notifications[2].url).toBe(`${receiver.url}/hook?token=${token}`);
    const admin = service.api((await service.createUser('admin')).token);
    const seen = JSON.stringify((await admin('GET', base)).body);
    expect(seen).toContain(new URL(receiver.url).host);
    expect(seen).not.toContain(token);
    expect(JSON.stringify(shown)).not.toContain('whsec_');
  });

  it('can be tried', async () => {
    for (const { id } of (await api('GET', base)).body.notifications) {
      expect((await api('POST', `${base}/${id}/test`)).body).toMatchObject({ success: true });
    }
    expect(receiver.calls.map(({ method }) => method).sort()).toEqual(['GET', 'POST']);
    expect(mail.mails).toHaveLength(1);
    receiver.answers.push(404);
    const { body } = await api('POST', `${base}/${webhook.notification.id}/test`);
    expect(body).toEqual({ success: false, message: 'It answered 404 instead of 200 to 299.' });
  });

  it('tell of a failure, signed, and try again until somebody takes it', async () => {
    receiver.answers.push(500, 503);
    expect(await backUp()).toBe(503);
    await round();
    expect(receiver.calls).toHaveLength(1);
    await round();
    expect(receiver.calls).toHaveLength(1);
    for (const seconds of [10, 20, 3600]) {
      clock.advanceSeconds(seconds);
      await round();
    }
    expect(receiver.calls).toHaveLength(3);
    for (const call of receiver.calls) {
      expect([call.method, call.path, isSignedBy(webhook.secret ?? '', call)]).toEqual([
        'POST',
        `/hook?token=${token}`,
        true,
      ]);
      expect(isSignedBy(webhook.secret ?? '', { ...call, body: `${call.body} ` })).toBe(false);
    }
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(JSON.parse(receiver.calls[2]?.body ?? '')).toMatchObject({
      id: receiver.calls[0]?.headers['webhook-id'],
      type: 'backup.failed',
      database: 'default',
      project_id: null,
      message: expect.stringContaining('The backup failed:'),
      details: { failures: 1, error: { code: expect.any(String), detail: expect.any(String) } },
    });
    const { body } = await api('GET', `${base}/${webhook.notification.id}`);
    expect(body.notification.last_delivery).toMatchObject({ status: 'sent', attempts: 3, error: null });
  });

  it('tell of it by e-mail, too', async () => {
    expect(await backUp()).toBe(503);
    await round();
    expect(mail.mails).toEqual([
      {
        user: account.user,
        from: 'backups@holdfast.test',
        to: ['ops@holdfast.test', 'dba@holdfast.test'],
        text: expect.stringMatching(/^Subject: \[Holdfast\] A backup failed: default\r$/m),
      },
    ]);
    expect(mail.mails[0]?.text).toContain('failure number 2');
  });

  it('say once that backups work again, and call the heartbeat after each success', async () => {
    await makeShop();
    expect([await backUp(), await backUp()]).toEqual([200, 200]);
    const watch = service.app.get(JobWatch, { strict: false });
    // As if the process had died after it wrote down what is to be told, and before it wrote down that it did.
    const states = service.app.get(ScopeStates, { strict: false });
    const scope = { database: { id: 'default', name: 'default' }, projectId: null };
    const stale = await states.of(scope);
    const change = jest.spyOn(states, 'change');
    change.mockRejectedValueOnce(new Error('died here'));
    await watch.look();
    change.mockRestore();
    await Promise.all([watch.look(), watch.look(), watch.look()]);
    await round();
    const hooks = receiver.calls.filter(({ path }) => path.startsWith('/hook'));
    expect(hooks.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({
        type: 'backup.recovered',
        details: expect.objectContaining({
          failures: 2,
          backup: expect.objectContaining({ filename: expect.stringMatching(/^backup_2026-03-01/) }),
        }),
      }),
    ]);
    expect(receiver.calls.filter(({ path }) => path === `/beat/${token}`)).toHaveLength(2);
    expect(mail.mails).toHaveLength(1);
    expect(await states.change(stale, { failures: 99 })).toBe(false);
    expect(await states.of(scope)).toMatchObject({ succeededTotal: 2, failedTotal: 2, failures: 0 });
  });

  it('hear of a backup that was removed before anybody looked', async () => {
    clock.advanceSeconds(60);
    const { filename } = (await api('POST', '/api/v1/backup')).body;
    expect((await api('DELETE', `/api/v1/backup/${filename}`)).status).toBe(200);
    await round();
    expect(receiver.calls.map(({ path }) => path)).toEqual([`/beat/${token}`]);
  });

  it('of a project hear of that project, and those of the database of all projects when they were asked to', async () => {
    const made = [
      await make({ url: `${receiver.url}/one`, kind: 'heartbeat', project_id: 1 }),
      await make({ url: `${receiver.url}/nine`, kind: 'heartbeat', project_id: '9' }),
      await make({ url: `${receiver.url}/whole`, kind: 'heartbeat' }),
      await make({
        url: `${receiver.url}/all`,
        kind: 'webhook',
        include_projects: true,
        events: ['backup.succeeded'],
      }),
    ];
    expect((await api('POST', '/api/v1/projects/1/backup')).status).toBe(200);
    await round();
    expect(receiver.calls.map(({ path }) => path).sort()).toEqual(['/all', '/one']);
    for (const { notification } of made) await api('DELETE', `${base}/${notification.id}`);
  });

  it('are given up after many tries, and that is said', async () => {
    await breakShop();
    await backUp();
    for (let tries = 0; tries < 16; tries += 1) {
      receiver.answers.push(500);
      await round();
      clock.advanceSeconds(3600);
    }
    const { body } = await api('GET', `${base}/${webhook.notification.id}`);
    expect(body.notification.last_delivery).toMatchObject({
      event: 'backup.failed',
      status: 'given-up',
      attempts: 16,
      error: 'It answered 500 instead of 200 to 299.',
    });
    expect(log.filter((line) => line.includes('a notification was given up'))).toHaveLength(1);
  });

  it('get another secret when it is asked for, and are silent when they are switched off or removed', async () => {
    receiver.answers.length = 0;
    const path = `${base}/${webhook.notification.id}`;
    const { body } = await api('PATCH', path, { new_secret: true });
    expect(body.secret).toMatch(/^whsec_/);
    expect(body.secret).not.toBe(webhook.secret);
    await api('POST', `${path}/test`);
    expect(isSignedBy(body.secret, receiver.calls.at(-1)!)).toBe(true);

    expect((await api('PATCH', path, { active: false })).body.notification).toMatchObject({ active: false });
    receiver.calls.length = 0;
    await makeShop();
    await backUp();
    await round();
    expect(receiver.calls.map(({ path: called }) => called)).toEqual([`/beat/${token}`]);
    expect((await api('DELETE', path)).status).toBe(200);
    expect((await api('GET', path)).status).toBe(404);
  });

  it('tell of a scheduled backup that could not even be started', async () => {
    await makeShop();
    await make({ kind: 'webhook', url: `${receiver.url}/nine`, project_id: 9 });
    const schedule = { cron: '0 * * * *', project_id: 9 };
    expect((await api('POST', '/api/databases/default/schedules', schedule)).status).toBe(201);
    await breakShop();
    clock.advanceSeconds(3600);
    await service.app.get(SchedulerService, { strict: false }).runDue();
    await round();
    expect(receiver.calls.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      [
        '/nine',
        expect.objectContaining({
          type: 'backup.failed',
          project_id: '9',
          details: expect.objectContaining({
            error: expect.objectContaining({ code: expect.any(String) }),
          }),
        }),
      ],
    ]);
    await makeShop();
  });

  it('do not lose what happened while nobody carried them: the next process does', async () => {
    const { secret = '' } = await make({ kind: 'webhook', url: `${receiver.url}/hook?token=${token}` });
    await breakShop();
    await backUp();
    await service.app.close();
    receiver.calls.length = 0;
    await start();
    await round();
    const hooks = receiver.calls.filter(({ path }) => path.startsWith('/hook'));
    expect(hooks.map((call) => [JSON.parse(call.body).type, isSignedBy(secret, call)])).toEqual([
      ['backup.failed', true],
    ]);
    const email = await api('POST', base, { kind: 'email', to: ['ops@holdfast.test'] });
    expect([email.status, email.body.code]).toEqual([409, 'conflict']);
    expect(email.body.detail).toContain('HOLDFAST_SMTP_URL');
    const waiting = (await api('GET', base)).body.notifications.find(
      ({ kind }: { kind: string }) => kind === 'email',
    );
    expect(waiting.last_delivery).toMatchObject({
      status: 'pending',
      attempts: 1,
      error: expect.stringContaining('HOLDFAST_SMTP_URL'),
    });
  });

  it.each([
    [{ kind: 'webhook', url: 'https://169.254.169.254/latest/meta-data' }, 'url', /link-local/],
    [{ kind: 'webhook', url: 'https://[fe80::1]/' }, 'url', /link-local/],
    [{ kind: 'webhook', url: 'http://hooks.example/x' }, 'url', /https:\/\//],
    [{ kind: 'webhook', url: `https://user:${token}@hooks.example/` }, 'url', /user or a password/],
    [{ kind: 'webhook', url: 'file:///etc/passwd' }, 'url', /https:\/\//],
    [{ kind: 'webhook' }, 'url', /missing/],
    [{ kind: 'email', to: ['not an address'] }, 'to', /email/],
    [{ kind: 'heartbeat', url: 'https://beat.example/', events: ['backup.failed'] }, 'events', /heartbeat/],
    [{ kind: 'heartbeat', url: 'https://beat.example/', to: ['a@b.example'] }, 'to', /has no to/],
    [{ kind: 'pigeon' }, 'kind', /kind must be one of/],
  ])('are refused with the field at fault: %j', async (body, field, message) => {
    const answer = await api('POST', base, body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
    expect(answer.body.errors[0].message).toMatch(message);
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  it('go with their database, and their secrets with them', async () => {
    const channels = service.app.get(ChannelsService, { strict: false });
    const vault = service.app.get(SecretVault, { strict: false });
    await api('POST', '/api/databases', { name: 'gone', url: `sqlite:${folder}/gone.db` });
    const hook = { kind: 'webhook', url: 'https://hook.example/' };
    const first = (await api('POST', '/api/databases/gone/notifications', hook)).body.notification;
    expect((await api('DELETE', '/api/databases/gone')).status).toBe(200);
    await channels.sweep();
    expect(await channels.find(first.id)).not.toBeNull();
    clock.advanceSeconds(3601);
    await channels.sweep();
    expect(await channels.find(first.id)).toBeNull();
    await expect(vault.open(first.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('leave no secret in the log, the audit log or the files', async () => {
    const audit = JSON.stringify((await api('GET', '/api/v1/audit?page[size]=200')).body);
    expect(audit).toContain('make-notification');
    const said = [audit, ...log];
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      said.push((await readFile(join(file.parentPath, file.name))).toString('latin1'));
    }
    for (const secret of [token, account.password, encodeURIComponent(account.password), 'whsec_']) {
      expect([secret, said.filter((text) => text.includes(secret)).length]).toEqual([secret, 0]);
    }
  });
});
