import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DataSource } from 'typeorm';
import { createLog } from '../../src/common/http/logging.js';
import { sqliteTarget, type Target } from '../factories/target.js';
import { type Answer, type Api, type RunningApp, startApp, type TestUser } from '../support/app.js';
import { isCatalogueFile } from '../support/grown.js';
import { FrozenClock } from './support/frozen-clock.js';
import { rawRequest } from './support/raw-request.js';

const publicUrl = 'https://backups.example/holdfast';
const base = '/api/databases/shop/backups';

/** Everything that a catalogue on a server holds. */
async function everyRow(catalogue: DataSource): Promise<string[]> {
  const tables = await catalogue.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return Promise.all(
    tables.map(async ({ name }) => JSON.stringify(await catalogue.query(`SELECT * FROM \`${name}\``))),
  );
}

describe('A download link', () => {
  const clock = new FrozenClock('2026-11-21T02:00:00Z');
  const log: string[] = [];
  let service: RunningApp;
  let target: Target;
  let root: Api;
  let nobody: Api;
  let backup: { id: string; name: string };
  let bytes: Buffer;

  beforeAll(async () => {
    target = await sqliteTarget();
    await target.run("CREATE TABLE notes (note TEXT); INSERT INTO notes VALUES ('kept')");
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => (log.push(chunk.toString()), done()),
    });
    service = await startApp(
      { HOLDFAST_PUBLIC_URL: `${publicUrl}/` },
      { clock, log: createLog('trace', sink) },
    );
    root = await service.asSuperadmin();
    nobody = service.api(null);
    await root('POST', '/api/databases', { name: 'shop', url: target.url });
    backup = await made();
    bytes = readFileSync(join(service.folder, 'backups/databases/shop/full', backup.name));
  });
  afterAll(async () => {
    await service.stop();
    await target.drop();
  });

  const made = async (database = 'shop'): Promise<{ id: string; name: string }> => {
    const { body } = await root('POST', `/api/databases/${database}/backups`);
    for (;;) {
      const { body: job } = await root('GET', `/api/jobs/${body.job_id}`);
      if (job.finished_at) return job.result.database_backup;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  const archiveOf = (id: string, query = '', as = root): Promise<Answer> =>
    as('GET', `${base}/${id}/archive${query}`);
  /** What follows the address of the service. */
  const pathOf = ({ body }: Answer): string => body.download_url.slice(publicUrl.length);
  const linkTo = async (id: string, query = ''): Promise<string> => pathOf(await archiveOf(id, query));
  const download = (path: string, headers = {}, method = 'GET') =>
    rawRequest(service.url, method, path, headers);
  const outcome = async (path: string): Promise<string> => {
    const { status, bytes: got } = await download(path, { range: 'bytes=0-0' });
    return status === 206 ? 'served' : `${status} ${JSON.parse(got.toString()).code}`;
  };

  it('begins with the public address, and is told to one caller only', async () => {
    const { status, body, headers } = await archiveOf(backup.id);
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(body).toEqual({
      download_url: expect.stringContaining(`${publicUrl}${base}/${backup.id}/download?token=`),
      expires_at: '2026-11-21T02:15:00.000Z',
      single_use: false,
      link_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const links = await root('GET', `${base}/${backup.id}/links`);
    expect(links.body.links[0]).toEqual({
      id: body.link_id,
      created_at: '2026-11-21T02:00:00.000Z',
      created_by_name: expect.any(String),
      expires_at: body.expires_at,
      single_use: false,
    });
  });

  it('brings the file to the byte, whole or in parts, without a header, and is kept nowhere', async () => {
    const path = await linkTo(backup.id);
    const whole = await download(path);
    expect([whole.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
    expect(whole.headers).toMatchObject({
      'content-type': 'application/x-sqlite3',
      'content-disposition': expect.stringContaining(backup.name),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
    const { etag = '' } = whole.headers;
    const rest = await download(path, { range: 'bytes=1000-', 'if-range': etag });
    expect([rest.status, rest.bytes.equals(bytes.subarray(1000))]).toEqual([206, true]);
    expect((await download(path, { range: `bytes=${bytes.length}-` })).status).toBe(416);
    const head = await download(path, {}, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)]);
  });

  it('ends when its time is over, which is a minute to a day', async () => {
    const [usual, short] = [await linkTo(backup.id), await linkTo(backup.id, '?expires_in=60')];
    clock.advanceSeconds(59);
    expect([await outcome(usual), await outcome(short)]).toEqual(['served', 'served']);
    clock.advanceSeconds(1);
    expect([await outcome(usual), await outcome(short)]).toEqual(['served', '410 gone']);
    clock.advanceSeconds(840);
    expect(await outcome(usual)).toBe('410 gone');
    for (const query of ['?expires_in=59', '?expires_in=86401', '?expires_in=x', '?single_use=yes', '?x=1']) {
      expect([query, (await archiveOf(backup.id, query)).status]).toEqual([query, 400]);
    }
  });

  it('is nothing but what was handed out', async () => {
    const other = await made();
    const path = await linkTo(backup.id);
    const [place = '', token = ''] = path.split('?token=');
    const ofOther = (await linkTo(other.id)).split('?token=')[1];
    const forgeries = [
      place,
      `${place}?token=`,
      `${place}?token=${ofOther}`,
      `${place}?token=${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      `${place}?token[]=${token}`,
      `${place}?token=${token}&token=${token}`,
      `${place.replace(backup.id, other.id)}?token=${token}`,
      `${place.replace('shop', 'default')}?token=${token}`,
      `${place.replace('shop', 'unknown')}?token=${token}`,
      `${place.replace(backup.id, 'nothing')}?token=${token}`,
    ];
    for (const forged of forgeries) {
      const { status, body, headers } = await nobody('GET', forged);
      expect([forged, status, body.detail]).toEqual([
        forged,
        404,
        'There is nothing here. Ask for a new link.',
      ]);
      expect(headers.get('cache-control')).toBe('private, no-store');
    }
    expect(await outcome(path)).toBe('served');
    expect(await outcome(`${path}&utm_source=mail`)).toBe('served');
  });

  it('is revoked alone, with all of its backup, and with the backup', async () => {
    const doomed = await made();
    const [first, second, third] = [
      await archiveOf(doomed.id),
      await archiveOf(doomed.id),
      await archiveOf(doomed.id),
    ];
    const links = `${base}/${doomed.id}/links`;
    const one = `${links}/${first.body.link_id}`;
    expect((await root('DELETE', one.replace(doomed.id, backup.id))).status).toBe(404);
    expect((await root('DELETE', one)).body).toMatchObject({ success: true, revoked: 1 });
    expect((await root('DELETE', one)).status).toBe(404);
    expect([await outcome(pathOf(first)), await outcome(pathOf(second))]).toEqual(['410 gone', 'served']);
    expect((await root('DELETE', links)).body).toMatchObject({ revoked: 2 });
    expect([await outcome(pathOf(second)), await outcome(pathOf(third))]).toEqual(['410 gone', '410 gone']);
    expect((await root('GET', links)).body).toEqual({ links: [], total: 0 });

    const last = pathOf(await archiveOf(doomed.id));
    expect(await outcome(last)).toBe('served');
    await root('DELETE', `${base}/${doomed.id}`);
    expect(await outcome(last)).toBe('410 gone');
  });

  it('ends when whoever made it may not download any more', async () => {
    const admin = await service.createUser('admin');
    const path = pathOf(await archiveOf(backup.id, '', service.api(admin.token)));
    expect(await outcome(path)).toBe('served');
    await root('PATCH', `/api/v1/users/${admin.id}`, { role: 'user' });
    expect(await outcome(path)).toBe('410 gone');
    await root('PATCH', `/api/v1/users/${admin.id}`, { role: 'admin' });
    expect(await outcome(path)).toBe('served');
    await root('DELETE', `/api/v1/users/${admin.id}`);
    expect(await outcome(path)).toBe('410 gone');
  });

  it('ends with the API token that it was made with', async () => {
    const { body: brief } = await root('POST', '/api/v1/auth/tokens', { name: 'brief', expires_in_days: 1 });
    clock.advanceSeconds(60);
    const { body } = await archiveOf(backup.id, '?expires_in=86400', service.api(brief.token));
    expect([body.expires_at, typeof body.download_url]).toEqual([brief.expires_at, 'string']);
  });

  describe('to a backup of a project', () => {
    const members = '/api/v1/projects/1/members';
    let member: TestUser;
    let filename: string;
    beforeAll(async () => {
      member = await service.createUser();
      await root('PUT', `${members}/${member.id}`, { role: 'admin' });
      filename = (await root('POST', '/api/v1/projects/1/backup')).body.backup.filename;
    });
    const archive = (path: string) => service.api(member.token)('GET', `${path}/${filename}/archive`);

    it('is made by an admin of the project, and ends with that', async () => {
      const answer = await archive('/api/v1/projects/1/backup');
      const path = pathOf(answer);
      const { status, body } = await nobody('GET', path);
      expect([status, body.project?.id ?? body.metadata?.project_id ?? body.project_id]).toEqual([200, 1]);
      expect((await archive('/api/databases/default/projects/1/backup')).status).toBe(200);
      expect((await archive('/api/v1/projects/2/backup')).status).toBe(404);
      const links = `/api/v1/projects/1/backup/${filename}/links`;
      expect((await service.api(member.token)('GET', links)).body.total).toBe(2);
      await root('PUT', `${members}/${member.id}`, { role: 'member' });
      expect(await outcome(path)).toBe('410 gone');
      await root('PUT', `${members}/${member.id}`, { role: 'admin' });
      expect(await outcome(path)).toBe('served');
      expect((await service.api(member.token)('DELETE', links)).body.revoked).toBe(2);
      expect(await outcome(path)).toBe('410 gone');
    });
  });

  describe('for one download', () => {
    let photos: Target;
    let large: { id: string; bytes: Buffer };
    beforeAll(async () => {
      photos = await sqliteTarget();
      // More than what lies in the buffers of a connection, so that a download can break off.
      await photos.run(`CREATE TABLE photos (bytes BLOB);
        INSERT INTO photos SELECT randomblob(8000000) FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3)`);
      await root('POST', '/api/databases', { name: 'photos', url: photos.url });
      const { id, name } = await made('photos');
      large = { id, bytes: readFileSync(join(service.folder, 'backups/databases/photos/full', name)) };
    });
    afterAll(() => photos.drop());

    const once = async (): Promise<string> =>
      pathOf(await root('GET', `/api/databases/photos/backups/${large.id}/archive?single_use=true`));
    /** Until the end of the one before is written down. */
    const settled = async (path: string, headers = {}) => {
      for (;;) {
        const answer = await download(path, headers);
        if (answer.status !== 429) return answer;
        expect(answer.headers['retry-after']).toBe('5');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };

    it('is used up by the whole file, not by a look at it', async () => {
      const path = await once();
      expect((await download(path, {}, 'HEAD')).status).toBe(200);
      expect((await download(path, { range: `bytes=${large.bytes.length}-` })).status).toBe(416);
      expect((await settled(path, { 'if-none-match': '"another"' })).bytes.equals(large.bytes)).toBe(true);
      expect((await settled(path)).status).toBe(410);
      const { body } = await nobody('GET', path);
      expect(body.detail).toContain('one download');
    });

    /** Takes so much of it and goes away. */
    const breakOff = (path: string, least: number): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const call = get(`${service.url}${path}`, (response) => {
          const got: Buffer[] = [];
          response.on('data', (chunk: Buffer) => {
            got.push(chunk);
            if (Buffer.concat(got).length < least) return;
            response.destroy();
            resolve(Buffer.concat(got));
          });
        });
        call.on('error', reject);
      });

    it('that breaks off is taken up again where it broke off, and then used up', async () => {
      const path = await once();
      const first = await breakOff(path, 100_000);
      const rest = await settled(path, { range: `bytes=${first.length}-` });
      expect([rest.status, Buffer.concat([first, rest.bytes]).equals(large.bytes)]).toEqual([206, true]);
      expect((await settled(path)).status).toBe(410);
    });

    it('lets nobody in beside the one who downloads', async () => {
      const path = await once();
      const held = await new Promise<{ destroy(): void }>((resolve) => {
        get(`${service.url}${path}`, (response) => resolve(response.pause()));
      });
      const beside = await download(path);
      expect([beside.status, beside.headers['retry-after']]).toEqual([429, '5']);
      held.destroy();
      expect((await settled(path)).status).toBe(200);
    });
  });

  it('leaves entries in the audit log, and its token in no log, answer or catalogue', async () => {
    const { body } = await archiveOf(backup.id);
    const path = body.download_url.slice(publicUrl.length);
    const token = path.split('token=')[1];
    await nobody('GET', path);
    await nobody('GET', path.replace('token', '%74oken'));
    await root('DELETE', `${base}/${backup.id}/links/${body.link_id}`);
    const entries = (await root('GET', `/api/v1/audit?filter[subject]=${backup.name}&page[size]=200`)).body
      .entries;
    const of = (action: string) =>
      entries.find(
        (entry: { action: string; details: { link?: string } }) =>
          entry.action === action && entry.details.link === body.link_id,
      );
    expect(of('make-download-link')).toMatchObject({ outcome: 'ok', database: 'shop' });
    expect(of('download-backup')).toMatchObject({
      outcome: 'ok',
      actor_via: 'download-link',
      actor_id: null,
    });
    expect(of('revoke-download-link')).toMatchObject({ outcome: 'ok', details: { revoked: 1 } });

    const secret = token.split('.').at(-1);
    const catalogue = isCatalogueFile
      ? readdirSync(join(service.folder, 'data'))
          .filter((name) => name.startsWith('catalog'))
          .map((name) => readFileSync(join(service.folder, 'data', name), 'latin1'))
      : await everyRow(service.app.get(DataSource));
    const answers = [await root('GET', `${base}/${backup.id}/links`), await root('GET', '/api/v1/audit')];
    const said = [
      ...log,
      ...catalogue,
      JSON.stringify(entries),
      ...answers.map((answer) => JSON.stringify(answer.body)),
    ];
    expect(catalogue.length).toBeGreaterThan(0);
    expect(said.filter((text) => text.includes(secret))).toEqual([]);
    expect(log.some((line) => line.includes('token=[redacted]'))).toBe(true);
  });
});
