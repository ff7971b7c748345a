import { createHash, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { rawRequest } from './support/raw-request.js';
import { until } from '../support/until.js';

const origin = 'https://api.animethemes.moe';
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$/;
const bytes = randomBytes(70_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');

const filed = { tables: { projects: { id: 'keep' } } };

let policies: string;
let service: RunningApp;
let root: Api;
let anybody: Api;
beforeAll(async () => {
  policies = join(await mkdtemp(join(tmpdir(), 'holdfast-policies-')), 'policies.json');
  writeFileSync(policies, JSON.stringify({ default: filed }));
  service = await startApp({
    HOLDFAST_DUMP_POLICIES_FILE: policies,
    HOLDFAST_PUBLIC_URL: origin,
    HOLDFAST_DUMP_REQUESTS_PER_MINUTE: '0',
    HOLDFAST_MAX_BACKUPS: '1',
  });
  root = await service.asSuperadmin();
  anybody = service.api(null);
});
afterAll(async () => {
  rmSync(dirname(policies), { recursive: true });
  await service.stop();
});

const fileAt = (path: string) => join(service.folder, 'backups', path);

/** A file that somebody made with other tools. */
function putFile(path: string, content: Buffer | string = bytes): string {
  mkdirSync(join(fileAt(path), '..'), { recursive: true });
  writeFileSync(fileAt(path), content);
  return path;
}

async function publish(path: string, isPublic = true) {
  const { status, body } = await root('POST', '/api/admin/dump', { path, public: isPublic });
  if (status !== 201) throw new Error(`${path} gave ${status}: ${JSON.stringify(body)}`);
  return body.dump;
}

const published = (name: string) => publish(putFile(`dumps/${name}.sql.gz`));
const download = (id: number, headers: Record<string, string> = {}, method = 'GET') =>
  rawRequest(service.url, method, `/dump/${id}`, headers);

describe('the examples of the guide', () => {
  const path = 'dumps/animethemes-2026-03-03.sql.gz';
  const shape = (id: number, isPublic: boolean) => ({
    dump_id: id,
    path,
    public: isPublic,
    link: `${origin}/dump/${id}`,
    created_at: expect.stringMatching(iso),
    updated_at: expect.stringMatching(iso),
  });
  let id: number;

  it('registers a dump file that stands in the backup folder', async () => {
    putFile(path);
    const { status, body } = await root('POST', '/api/admin/dump', { path, public: true });
    id = body.dump.dump_id;
    expect([status, Number.isInteger(id)]).toEqual([201, true]);
    expect(body.dump).toMatchObject(shape(id, true));
    expect(body.dump).toMatchObject({ size: bytes.length, sha256, state: 'present', downloads: 0 });
  });

  it('lists it and gets it', async () => {
    const list = await root('GET', '/api/admin/dump');
    expect([list.status, list.body.total]).toEqual([200, 1]);
    expect(list.body.dumps).toEqual([expect.objectContaining(shape(id, true))]);
    const one = await root('GET', `/api/admin/dump/${id}`);
    expect([one.status, one.body.dump]).toEqual([200, expect.objectContaining(shape(id, true))]);
  });

  it('is downloaded by its link without a log-in', async () => {
    const answer = await download(id);
    expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename=animethemes-2026-03-03.sql.gz',
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'x-checksum-sha256': sha256,
      'cache-control': 'public, no-cache',
    });
  });

  it('makes a dump private, and then nobody gets it, nor the list of public ones shows it', async () => {
    const { status, body } = await root('PUT', `/api/admin/dump/${id}`, { public: false });
    expect([status, body.dump]).toEqual([200, expect.objectContaining(shape(id, false))]);
    expect(body.dump.updated_at > body.dump.created_at).toBe(true);
    const [hidden, unknown] = [await anybody('GET', `/dump/${id}`), await anybody('GET', '/dump/4711')];
    expect([hidden.status, hidden.body.code, hidden.headers.get('cache-control')]).toEqual([
      404,
      'not-found',
      'no-store',
    ]);
    expect(hidden.body.detail).toBe(unknown.body.detail);
    expect((await root('GET', '/api/admin/dump')).body.dumps).toEqual([]);
    const others = await root('GET', '/api/admin/dump?filter[public]=false');
    expect(others.body.dumps).toEqual([expect.objectContaining(shape(id, false))]);
  });

  it('deletes the record, and keeps the file', async () => {
    const { status, body } = await root('DELETE', `/api/admin/dump/${id}`);
    expect([status, body]).toEqual([200, { message: `The Dump '${path}' was deleted.` }]);
    expect(existsSync(fileAt(path))).toBe(true);
    expect((await root('GET', `/api/admin/dump/${id}`)).status).toBe(404);
    expect((await root('DELETE', `/api/admin/dump/${id}`)).status).toBe(404);
  });

  it('is for administrators only', async () => {
    const user = service.api((await service.createUser('user')).token);
    expect((await anybody('GET', '/api/admin/dump')).status).toBe(401);
    expect((await user('GET', '/api/admin/dump')).status).toBe(403);
    const admin = service.api((await service.createUser('admin')).token);
    expect((await admin('GET', '/api/admin/dump')).status).toBe(200);
  });
});

describe('the list of dumps', () => {
  const names = ['a-2026-01-01', 'c-2026-02-01', 'b-2026-03-01'];
  let ids: number[];
  beforeAll(async () => {
    ids = [];
    for (const name of names) ids.push((await published(`list/${name}`)).dump_id);
  });

  const listed = async (query: string) => {
    const { status, body } = await root('GET', `/api/admin/dump?${query}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };

  it('is newest first, in pages, and sorted as asked', async () => {
    const idsOf = async (query: string) =>
      (await listed(query)).dumps.map(({ dump_id }: { dump_id: number }) => dump_id);
    expect(await idsOf('')).toEqual([...ids].reverse());
    expect(await idsOf('sort=path')).toEqual([ids[0], ids[2], ids[1]]);
    const page = await listed('page[size]=1&page[number]=2&sort=dump_id');
    expect([page.total, page.dumps.length, page.dumps[0].dump_id]).toEqual([3, 1, ids[1]]);
  });

  it('shows the fields that were asked for, and the backup', async () => {
    const [first] = (await listed('fields[dump]=dump_id,link')).dumps;
    expect(first).toEqual({ dump_id: ids[2], link: `${origin}/dump/${ids[2]}` });
    const [second] = (await listed('fields[dump]=dump_id&include=backup')).dumps;
    expect(second).toEqual({ dump_id: ids[2], backup: null });
  });

  it.each([
    ['sort=size', 'sort'],
    ['filter[public]=maybe', 'filter[public]'],
    ['filter[colour]=red', 'filter[colour]'],
    ['fields[dump]=dump_id,secret', 'fields[dump]'],
    ['fields[user]=id', 'fields[user]'],
    ['include=owner', 'include'],
    ['page[size]=201', 'page[size]'],
    ['colour=red', 'colour'],
  ])('refuses %s and names it', async (query, field) => {
    const { status, body } = await root('GET', `/api/admin/dump?${query}`);
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });
});

describe('what may be published', () => {
  const refusal = async (body: object) => {
    const answer = await root('POST', '/api/admin/dump', { public: true, ...body });
    return [answer.status, answer.body.errors?.[0].field ?? answer.body.code];
  };

  it.each([
    '../data/jwt-secret',
    '/etc/passwd',
    'dumps/../../data/x',
    'dumps//x',
    './x',
    '',
    '.holdfast-x-y-z.sql',
    'dumps/.env',
    'dumps\\x',
    'dumps/x\0',
  ])('is no path such as %j', async (path) => {
    expect(await refusal({ path })).toEqual([400, 'path']);
  });

  it('is a regular file that is there, and no link out of the folder', async () => {
    expect(await refusal({ path: 'dumps/nowhere.sql' })).toEqual([404, 'not-found']);
    mkdirSync(fileAt('dumps/folder.sql'), { recursive: true });
    expect(await refusal({ path: 'dumps/folder.sql' })).toEqual([404, 'not-found']);
    symlinkSync('/etc/hostname', fileAt('dumps/link.sql'));
    expect(await refusal({ path: 'dumps/link.sql' })).toEqual([404, 'not-found']);
    symlinkSync('/etc', fileAt('elsewhere'));
    expect(await refusal({ path: 'elsewhere/hostname' })).toEqual([404, 'not-found']);
  });

  it('is named by a path or a backup, says whether it is public, and nothing else', async () => {
    putFile('dumps/odd.sql');
    expect(await refusal({})).toEqual([400, 'path']);
    expect(await refusal({ path: 'dumps/odd.sql', colour: 'red' })).toEqual([400, 'colour']);
    expect(await refusal({ path: 'dumps/odd.sql', public: 'yes' })).toEqual([400, 'public']);
    expect(await refusal({ path: 'dumps/odd.sql', database: 'unheard-of' })).toEqual([404, 'not-found']);
  });

  it('is no file twice: taking it back would not take it back', async () => {
    const { dump_id: id } = await published('twice');
    const again = await root('POST', '/api/admin/dump', { path: 'dumps/twice.sql.gz', public: true });
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining(`dump ${id}`)]);
  });

  it('is no manifest, no file among the backups that is none, and no project backup by its path', async () => {
    const { body } = await root('POST', '/api/v1/projects/1/backup');
    const path = `userbackups/1/${body.backup.filename}`;
    expect(await refusal({ path: `${path}.manifest.json` })).toEqual([400, 'path']);
    expect(await refusal({ path })).toEqual([400, 'path']);
    expect(await refusal({ path: putFile('full/mine.sql') })).toEqual([404, 'not-found']);
  });
});

describe('a published backup', () => {
  it('is not removed by anybody, retention included, until its record is deleted', async () => {
    const { body: made } = await root('POST', '/api/v1/backup');
    const { body } = await root('POST', '/api/admin/dump', { backup_id: made.backup.id, public: true });
    const { dump_id: id, path } = body.dump;
    expect(body.dump).toMatchObject({
      path: `full/${made.filename}`,
      backup_id: made.backup.id,
      database: 'default',
    });
    expect((await download(id)).bytes.equals(readFileSync(fileAt(path)))).toBe(true);
    const shown = await root('GET', `/api/admin/dump/${id}?include=backup`);
    expect(shown.body.dump.backup).toMatchObject({ id: made.backup.id, filename: made.filename });

    const refused = await root('DELETE', `/api/v1/backup/${made.filename}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(`dump ${id}`)]);
    await root('POST', '/api/v1/backup');
    await root('POST', '/api/v1/backup/cleanup', {});
    expect((await download(id)).status).toBe(200);

    await root('DELETE', `/api/admin/dump/${id}`);
    expect((await root('DELETE', `/api/v1/backup/${made.filename}`)).status).toBe(200);
  });

  it('may be the backup of a project, when it is named by its id', async () => {
    const { body: made } = await root('POST', '/api/v1/projects/1/backup');
    const wish = { backup_id: made.backup.id, public: false };
    const { status, body } = await root('POST', '/api/admin/dump', wish);
    expect([status, body.dump.project_id, body.dump.public]).toEqual([201, '1', false]);
  });
});

describe('a download', () => {
  it('has ranges, conditions and HEAD', async () => {
    const { dump_id: id } = await published('conditions');
    const etag = `"${sha256}"`;
    const part = await download(id, { range: 'bytes=100-199' });
    expect([part.status, part.bytes.equals(bytes.subarray(100, 200))]).toEqual([206, true]);
    expect(part.headers['content-range']).toBe(`bytes 100-199/${bytes.length}`);
    const end = await download(id, { range: 'bytes=-7', 'if-range': etag });
    expect([end.status, end.bytes.equals(bytes.subarray(-7))]).toEqual([206, true]);
    const whole = await download(id, { range: 'bytes=1-2', 'if-range': '"another"' });
    expect([whole.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
    for (const range of ['lines=1-2', 'bytes=0-1,5-6']) {
      expect([range, (await download(id, { range })).bytes.length]).toEqual([range, bytes.length]);
    }
    const outside = await download(id, { range: `bytes=${bytes.length}-` });
    expect([outside.status, outside.headers['content-range']]).toEqual([416, `bytes */${bytes.length}`]);
    const same = await download(id, { 'if-none-match': etag });
    expect([same.status, same.bytes.length]).toEqual([304, 0]);
    expect((await download(id, { 'if-match': '"another"' })).status).toBe(412);
    const head = await download(id, {}, 'HEAD');
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject({ etag, 'content-length': String(bytes.length) });
  });

  it('is counted when its last byte went out', async () => {
    const { dump_id: id } = await published('counted');
    await download(id);
    await download(id, { range: 'bytes=0-9' });
    await download(id, { range: 'bytes=10-' });
    await download(id, {}, 'HEAD');
    const counted = async () => (await root('GET', `/api/admin/dump/${id}`)).body.dump;
    expect(await until(counted, ({ downloads }) => downloads >= 2)).toMatchObject({
      downloads: 2,
      bytes_sent: 2 * bytes.length,
      last_downloaded_at: expect.stringMatching(iso),
    });
  });

  it('brings what was published and nothing else, whatever takes its name', async () => {
    const { dump_id: id } = await published('exchanged');
    const path = fileAt('dumps/exchanged.sql.gz');
    const state = async () => (await root('GET', `/api/admin/dump/${id}`)).body.dump.state;
    rmSync(path);
    symlinkSync('/etc/hostname', path);
    expect([(await download(id)).status, await state()]).toEqual([404, 'missing']);
    rmSync(path);
    writeFileSync(path, randomBytes(bytes.length));
    expect([(await download(id)).status, await state()]).toEqual([404, 'unchecked']);
    rmSync(path);
    linkSync(fileAt('dumps/conditions.sql.gz'), path);
    expect([(await download(id)).status, await state()]).toEqual([200, 'present']);
    writeFileSync(path, 'another');
    expect([(await download(id)).status, await state()]).toEqual([404, 'changed']);
    await root('PUT', `/api/admin/dump/${id}`, { public: true });
    expect((await download(id)).bytes.toString()).toBe('another');
  });

  it('leads to the newest public one of a database by a link that stays', async () => {
    const latest = async (path: string) => {
      const { status, headers } = await rawRequest(service.url, 'GET', path);
      return [status, headers.location];
    };
    await published('older');
    const { dump_id: newest } = await published('newest');
    for (const path of ['/dump/latest', '/dump/latest/default']) {
      expect(await latest(path)).toEqual([302, `${origin}/dump/${newest}`]);
    }
    const { dump_id: hidden } = await publish(putFile('dumps/hidden.sql'), false);
    expect(await latest('/dump/latest')).toEqual([302, `${origin}/dump/${newest}`]);
    await root('PUT', `/api/admin/dump/${hidden}`, { public: true });
    expect(await latest('/dump/latest')).toEqual([302, `${origin}/dump/${hidden}`]);
    expect((await latest('/dump/latest/unheard-of'))[0]).toBe(404);
  });

  it('leaves who published what, and who took it back, in the audit log', async () => {
    const { dump_id: id, path } = await published('audited');
    await root('PUT', `/api/admin/dump/${id}`, { public: false });
    await root('DELETE', `/api/admin/dump/${id}`);
    const { body } = await root('GET', `/api/v1/audit?filter[subject]=${path}`);
    const acts = body.entries.map(({ action, outcome }: Record<string, string>) => `${action} ${outcome}`);
    expect(acts.reverse()).toEqual([
      'publish-dump started',
      'publish-dump ok',
      'unpublish-dump ok',
      'remove-dump ok',
    ]);
  });
});

describe('a policy for public dumps in a file', () => {
  it('counts, and is changed in the file only', async () => {
    const { body } = await root('GET', '/api/admin/dump/policy/default');
    expect(body).toMatchObject({ source: 'file', policy: filed });
    expect((await root('PUT', '/api/admin/dump/policy/default', filed)).status).toBe(409);
  });

  it('ends the start when nobody can read it', async () => {
    writeFileSync(policies, JSON.stringify({ default: { tables: { projects: { id: 'blur' } } } }));
    const start = startApp({ HOLDFAST_DUMP_POLICIES_FILE: policies });
    await expect(start).rejects.toThrow(/default: tables\[projects\]\[id\]/);
  });
});
