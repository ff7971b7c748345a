import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AuditService } from '../../src/audit/audit.service.js';
import { createLog } from '../../src/common/http/logging.js';
import type { Caller } from '../../src/auth/auth.types.js';
import { adminEmail, type Api, type RunningApp, startApp, type TestUser } from '../support/app.js';
import { isCatalogueFile, itOnCatalogueFile } from '../support/grown.js';

const path = '/api/v1/audit';

interface Entry extends Record<string, unknown> {
  seq: number;
  hash: string;
  details: Record<string, unknown>;
}

let service: RunningApp;
let api: Api;
let superadmin: TestUser;

beforeEach(async () => {
  service = await startApp();
  superadmin = await service.createUser('superadmin');
  api = service.api(superadmin.token);
});
afterEach(() => service.stop());

/** Newest first. */
async function entries(filter: Record<string, string | number> = {}): Promise<Entry[]> {
  const query = Object.entries(filter).map(([name, value]) => `filter[${name}]=${encodeURIComponent(value)}`);
  const { status, body } = await api('GET', `${path}?page[size]=200&${query.join('&')}`);
  expect(status).toBe(200);
  return body.entries;
}

/** The newest entries of an action, oldest first, each as outcome and error. */
async function outcomes(action: string): Promise<string[]> {
  const found = await entries({ action });
  return found.reverse().map(({ outcome, error_code }) => [outcome, error_code].filter(Boolean).join(' '));
}

/** In the catalogue, as somebody who may write to it. */
function inCatalogue(sql: string): Promise<unknown> {
  return service.app.get(DataSource).query(sql);
}

async function newBackup(): Promise<{ filename: string; filepath: string }> {
  return (await api('POST', '/api/v1/backup')).body.backup;
}

describe('the audit log', () => {
  it('says of a restore who, what, when, from where, in which request and with what outcome', async () => {
    const { filename } = await newBackup();
    const headers = { 'x-request-id': 'the-night-of-the-restore' };
    const { body } = await api('POST', '/api/v1/backup/restore', { filename }, headers);
    const [ended, started] = await entries({ action: 'full-restore' });
    const both = {
      actor_id: superadmin.id,
      actor_name: superadmin.email,
      actor_via: 'access-token',
      actor_token: null,
      address: '127.0.0.1',
      request_id: 'the-night-of-the-restore',
      database: 'default',
      project_id: null,
      subject: filename,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    };
    expect(started).toMatchObject({ ...both, outcome: 'started', error_code: null });
    expect(ended).toMatchObject({ ...both, outcome: 'ok', error_code: null });
    expect(ended?.details).toMatchObject({
      job: started?.details['job'],
      undo: body.restore.undo_id,
      keep_nothing: false,
    });
    expect(ended).toMatchObject({ prev_hash: started?.hash, seq: Number(started?.seq) + 1 });
  });

  it('says of a restore that failed why', async () => {
    const { filename, filepath } = await newBackup();
    await truncate(filepath, 100);
    expect((await api('POST', '/api/v1/backup/restore', { filename })).status).toBe(422);
    expect(await outcomes('full-restore')).toEqual(['started', 'failed artefact-damaged']);
  });

  it('says of a restore that it was refused while something else ran', async () => {
    const { filename } = await newBackup();
    const restore = { filename };
    const answers = await Promise.all([
      api('POST', '/api/v1/backup/restore', restore),
      api('POST', '/api/v1/backup/restore', restore),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await outcomes('full-restore')).sort()).toEqual(['ok', 'refused database-busy', 'started']);
  });

  it('names the API token that was used', async () => {
    const made = await api('POST', '/api/v1/auth/tokens', { name: 'cron', role: 'user' });
    await service.api(made.body.token)('POST', '/api/v1/backup');
    const [backup] = await entries({ action: 'full-backup', outcome: 'ok' });
    expect(backup).toMatchObject({ actor_via: 'api-token', actor_token: made.body.id });
    const [token] = await entries({ action: 'make-token' });
    expect(token).toMatchObject({ subject: String(made.body.id), details: { name: 'cron', role: 'user' } });
    expect(JSON.stringify(await entries())).not.toContain(made.body.token);
  });

  it('takes a caller at the command line for what it is', async () => {
    const caller: Caller = { id: 0, email: '', name: 'cli', role: 'superadmin', via: 'cli' };
    await service.app.get(AuditService).note({ by: caller, action: 'full-backup' }, 'ok');
    const [entry] = await entries({ actor: 'cli' });
    expect(entry).toMatchObject({ actor_id: null, actor_via: 'cli', address: null, request_id: null });
  });

  it('has an entry for every backup that goes, by whose hand or by retention', async () => {
    const { filename } = await newBackup();
    await newBackup();
    expect((await api('DELETE', `/api/v1/backup/${filename}`)).status).toBe(200);
    const removed = await entries({ action: 'delete-backup', subject: filename });
    expect(removed.map(({ outcome }) => outcome)).toEqual(['ok', 'started']);
    expect(removed[0]).toMatchObject({ actor_id: superadmin.id, details: { reason: 'asked for' } });

    await service.stop();
    service = await startApp({ HOLDFAST_MAX_BACKUPS: '1' });
    api = await service.asSuperadmin();
    const first = await newBackup();
    await newBackup();
    const [byRetention] = await entries({ action: 'delete-backup', subject: first.filename });
    expect(byRetention).toMatchObject({
      actor_via: 'system',
      details: { reason: 'older than the newest 1' },
    });
  });

  it('has a cleanup, but not the rehearsal of one', async () => {
    await api('POST', '/api/v1/backup/cleanup', { dry_run: true });
    expect(await outcomes('cleanup')).toEqual([]);
    await api('POST', '/api/v1/backup/cleanup');
    expect(await outcomes('cleanup')).toEqual(['started', 'ok']);
  });

  it('has downloads, once a minute however many pieces they come in', async () => {
    const { filename } = await newBackup();
    for (const range of ['bytes=0-9', 'bytes=10-19', 'bytes=20-29']) {
      await api('GET', `/api/v1/backup/${filename}/download`, undefined, { range });
    }
    const found = await entries({ action: 'download-backup' });
    expect(found).toEqual([expect.objectContaining({ subject: filename, actor_id: superadmin.id })]);
  });

  it('has what becomes of a project', async () => {
    const base = '/api/v1/projects/1/backup';
    const { filename } = (await api('POST', base)).body.backup;
    const { restore_summary } = (await api('POST', `${base}/restore`, { filename })).body;
    await api('GET', `${base}/${filename}/download`);
    await api('DELETE', `${base}/${filename}`);
    const found = (await entries({ subject: filename })).reverse();
    expect(found.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'project-backup ok',
      'project-restore started',
      'project-restore ok',
      'download-backup ok',
      'delete-backup started',
      'delete-backup ok',
    ]);
    expect(new Set(found.map(({ project_id }) => project_id))).toEqual(new Set(['1']));
    expect(found[2]?.details).toMatchObject({ undo: restore_summary.undo_filename });
  });

  it('has undos that were put back and dropped', async () => {
    const { filename } = await newBackup();
    const { undo_id } = (await api('POST', '/api/v1/backup/restore', { filename })).body.restore;
    const back = await api('POST', `/api/v1/backup/undo/${undo_id}/restore`);
    await api('DELETE', `/api/v1/backup/undo/${back.body.undo.id}`);
    expect(await outcomes('put-back')).toEqual(['started', 'ok']);
    const [dropped] = await entries({ action: 'drop-undo' });
    expect(dropped).toMatchObject({ subject: back.body.undo.id, actor_id: superadmin.id, outcome: 'ok' });
  });

  it('has users, roles, passwords, members and tokens', async () => {
    const { id, email, password, token } = await service.createUser();
    const user = `/api/v1/users/${id}`;
    await api('PATCH', user, { role: 'admin' });
    await api('PATCH', user, { name: 'Ada' });
    await api('PATCH', user, { password: 'quite another one' });
    const change = { current_password: 'quite another one', new_password: password };
    await service.api(token)('POST', '/api/v1/auth/password', change);
    await api('PUT', '/api/v1/projects/1/members', { email, role: 'member' });
    await api('DELETE', `/api/v1/projects/1/members/${id}`);
    await api('DELETE', user);
    const found = (await entries({ subject: id })).reverse();
    expect(found.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['make-user', 1],
      ['login', id],
      ['change-role', superadmin.id],
      ['change-user', superadmin.id],
      ['change-password', superadmin.id],
      ['change-password', id],
      ['set-member', superadmin.id],
      ['remove-member', superadmin.id],
      ['remove-user', superadmin.id],
    ]);
    expect(found[2]?.details).toEqual({ email, from_role: 'user', to_role: 'admin' });
    expect(found[6]).toMatchObject({ project_id: '1', details: { email, role: 'member' } });
    const everything = JSON.stringify(await entries());
    for (const secret of [password, 'quite another one', 'argon2']) expect(everything).not.toContain(secret);
  });

  it('has what was refused: the last superadmin cannot go', async () => {
    const [first] = await entries({ action: 'make-user', actor: 'system' });
    expect(first).toMatchObject({ details: { email: adminEmail, role: 'superadmin' } });
    await api('DELETE', `/api/v1/users/${String(first?.['subject'])}`);
    expect((await api('DELETE', `/api/v1/users/${superadmin.id}`)).status).toBe(409);
    expect(await outcomes('remove-user')).toEqual(['ok', 'refused conflict']);
  });

  it('keeps one entry of a hundred wrong passwords, and none of what was typed', async () => {
    const guess = (email: string) =>
      service.api(null)('POST', '/api/v1/auth/login', { email, password: 'wrong one' });
    await Promise.all(Array.from({ length: 30 }, () => guess(superadmin.email)));
    await guess('my secret password, in the wrong field');
    expect(await outcomes('login')).toEqual(
      expect.arrayContaining(['refused unauthenticated', 'refused rate-limited', 'refused unauthenticated']),
    );
    const refused = await entries({ action: 'login', outcome: 'refused' });
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ actor_id: null, actor_name: 'unknown account', address: '127.0.0.1' });
    expect(JSON.stringify(refused)).not.toContain('my secret');
  });

  it('is listed in pages and by filters, newest first', async () => {
    const all = await entries();
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_entry, index) => all.length - index));
    const { body } = await api('GET', `${path}?page[size]=2&page[number]=2`);
    expect(body.total).toBe(all.length);
    expect(body.entries).toEqual(all.slice(2, 4));
    expect(await entries({ actor: superadmin.id })).not.toHaveLength(0);
    expect(await entries({ hash: all[1]?.hash ?? '' })).toEqual([all[1]]);
    expect((await api('GET', `${path}?filter[details]=x`)).status).toBe(400);
  });

  it('refuses what destroys, and nothing else, when it cannot be written', async () => {
    const { filename } = await newBackup();
    const { undo_id } = (await api('POST', '/api/v1/backup/restore', { filename })).body.restore;
    const fails = isCatalogueFile
      ? "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
      : "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'";
    await inCatalogue(`CREATE TRIGGER disk_full BEFORE INSERT ON audit_entries ${fails}`);
    const refused = [
      await api('POST', '/api/v1/backup/restore', { filename }),
      await api('POST', `/api/v1/backup/undo/${undo_id}/restore`),
      await api('DELETE', `/api/v1/backup/undo/${undo_id}`),
      await api('DELETE', `/api/v1/backup/${filename}`),
      await api('POST', '/api/v1/backup/cleanup'),
    ];
    expect(refused.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(5).fill('503 audit-unavailable'),
    );
    const others = [
      await api('POST', '/api/v1/backup'),
      await api('GET', `/api/v1/backup/${filename}/download`),
      await api('GET', '/api/v1/backup/undo'),
    ];
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    await inCatalogue('DROP TRIGGER disk_full');
    expect((await api('POST', `/api/v1/backup/undo/${undo_id}/restore`)).status).toBe(200);
    expect((await api('GET', `${path}/verify`)).body.intact).toBe(true);
  });
});

describe('the chain of the audit log', () => {
  it('is intact, and every entry follows the one before it, also after a hundred at once', async () => {
    const audit = service.app.get(AuditService);
    const by = { id: 7, name: 'someone', via: 'system' } as const;
    await Promise.all(
      Array.from({ length: 100 }, (_, subject) => audit.note({ by, action: 'full-backup', subject }, 'ok')),
    );
    const { body } = await api('GET', `${path}/verify`);
    const [newest] = await entries();
    expect(body).toEqual({ intact: true, entries: newest?.seq, head: newest?.hash });
    expect(await entries({ actor: 'someone' })).toHaveLength(100);
  });

  itOnCatalogueFile.each([
    ["UPDATE audit_entries SET actor_name = 'x' WHERE seq = 2"],
    ['DELETE FROM audit_entries WHERE seq = 2'],
    [
      `INSERT OR REPLACE INTO audit_entries (seq, at, actor_name, actor_via, action, outcome, details, prev_hash, hash)
        VALUES (2, 'x', 'x', 'x', 'x', 'x', '{}', 'x', 'x')`,
    ],
  ])('is not changed by %s (SQLite alone refuses it)', async (statement) => {
    await expect(inCatalogue(statement)).rejects.toThrow('The audit log is append-only.');
    expect((await api('GET', `${path}/verify`)).body.intact).toBe(true);
  });

  it.each([
    ["UPDATE audit_entries SET actor_name = 'x' WHERE seq = 3", 3],
    ["UPDATE audit_entries SET details = 'no JSON at all' WHERE seq = 3", 3],
    ["UPDATE audit_entries SET at = 'some time' WHERE seq = 3", 3],
    // A server does not let a number become a word.
    [`UPDATE audit_entries SET actor_id = ${isCatalogueFile ? "'text'" : '77'} WHERE seq = 3`, 3],
    ['DELETE FROM audit_entries WHERE seq = 3', 3],
    ['DELETE FROM audit_entries WHERE seq = 1', 1],
    ['UPDATE audit_entries SET seq = seq + 1000 WHERE seq >= 3', 3],
  ])('is broken by %s, once somebody has dropped the triggers', async (statement, seq) => {
    for (let i = 0; i < 3; i += 1) await service.createUser();
    for (const what of isCatalogueFile ? ['update', 'delete'] : []) {
      await inCatalogue(`DROP TRIGGER audit_entries_no_${what}`);
    }
    await inCatalogue(statement);
    const { body } = await api('GET', `${path}/verify`);
    expect(body).toMatchObject({ intact: false, first_broken: { seq, reason: expect.any(String) } });
    expect((await entries()).length).toBeGreaterThan(3);
  });

  it('has its hashes in the log too, where a chain that was cut off at its end is told', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const logged = await startApp({}, { log });
    try {
      const { body } = await (await logged.asSuperadmin())('GET', path);
      const anchors = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => msg === 'audit entry')
        .map(({ seq, hash }) => ({ seq, hash }));
      expect(anchors.reverse()).toEqual(body.entries.map(({ seq, hash }: Entry) => ({ seq, hash })));
    } finally {
      await logged.stop();
    }
  });

  it('goes on over a restart, with what the last process left under way', async () => {
    const before = (await entries()).length;
    const folder = service.folder;
    await inCatalogue(
      `INSERT INTO jobs (id, kind, database_name, status, created_at)
        VALUES ('left', 'full-restore', 'default', 'running', '2026-01-01T00:00:00.000Z')`,
    );
    await service.app.close();
    const again = await startApp({ HOLDFAST_DATA_DIR: join(folder, 'data') });
    try {
      api = again.api(superadmin.token);
      const { body } = await api('GET', `${path}/verify`);
      expect(body).toMatchObject({ intact: true });
      expect(body.entries).toBeGreaterThan(before);
      const [left] = await entries({ action: 'full-restore' });
      expect(left).toMatchObject({
        actor_via: 'system',
        outcome: 'failed',
        error_code: 'shutting-down',
        details: { job: 'left' },
      });
    } finally {
      await again.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
