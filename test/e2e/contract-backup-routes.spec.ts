import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';
import { backupSections, makeBackup } from './support/backup-sections.js';
import { rawRequest } from './support/raw-request.js';

let service: RunningApp;
let api: Api;
beforeAll(async () => {
  service = await startApp();
  api = await service.asSuperadmin();
});
afterAll(() => service.stop());

const namesOf = ({ body }: Answer): string[] =>
  body.backups.map(({ filename }: { filename: string }) => filename);

describe.each(backupSections)('a request for $section', ({ base }) => {
  it.each([
    ['no body and no type', {}],
    ['no body, but a type', { 'content-type': 'application/json' }],
    ['an empty body', { 'content-length': '0' }],
    ['an empty body with a type', { 'content-type': 'application/json', 'content-length': '0' }],
  ])('may have %s, as curl sends it', async (_what, headers) => {
    const authorization = `Bearer ${await service.superadminToken()}`;
    const answer = await rawRequest(service.url, 'POST', base, { authorization, ...headers });
    expect(answer.status).toBe(200);
  });

  it.each([{}, { description: null }, { description: 'für später 🌙' }])('may say %j', async (body) => {
    const made = await api('POST', base, body);
    expect([made.status, made.body.backup.description]).toEqual([200, body.description ?? null]);
  });

  it('is refused by the names of all fields at fault', async () => {
    const { status, body } = await api('POST', base, { description: 5, colour: 'red', size: 1 });
    expect([status, body.code]).toEqual([400, 'bad-input']);
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect([...new Set(fields)].sort()).toEqual(['colour', 'description', 'size']);
    for (const field of fields) expect(body.detail).toContain(field);
    expect((await api('POST', base, { description: 'x'.repeat(2001) })).body.errors).toEqual([
      { field: 'description', message: expect.any(String) },
    ]);
  });

  it('to restore names the file', async () => {
    for (const body of [undefined, {}, { filename: '' }, { filename: 5 }, { filename: ['a'] }]) {
      const answer = await api('POST', `${base}/restore`, body);
      const fields = new Set(answer.body.errors?.map(({ field }: { field: string }) => field));
      expect([body, answer.status, [...fields]]).toEqual([body, 400, ['filename']]);
    }
  });

  it('is refused with problem details, whatever is wrong', async () => {
    const asUser = service.api((await service.createUser()).token);
    const refused: [Answer, number, string][] = [
      [await api('POST', base, { colour: 'red' }), 400, 'bad-input'],
      [await service.api(null)('POST', base), 401, 'unauthenticated'],
      [await asUser('POST', '/api/v1/backup/cleanup'), 403, 'forbidden'],
      [await api('DELETE', `${base}/unknown.sql`), 404, 'not-found'],
      [await api('POST', `${base}/restore`, { filename: 'unknown.sql' }), 404, 'not-found'],
    ];
    for (const [{ status, body, headers }, expected, code] of refused) {
      expect(status).toBe(expected);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({
        type: `urn:holdfast:problem:${code}`,
        title: expect.stringMatching(/\w/),
        status: expected,
        detail: expect.stringMatching(/\.$/),
        code,
        request_id: headers.get('x-request-id'),
      });
      expect(JSON.stringify(body)).not.toContain(service.folder);
    }
  });
});

describe.each(backupSections)('a job for $section', ({ base }) => {
  const respondAsync = { prefer: 'respond-async' };

  const ended = async (location: string) => {
    for (;;) {
      const { status, body } = await api('GET', location);
      expect(status).toBe(200);
      if (body.finished_at) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('is accepted at once, and ends with what the request would have answered', async () => {
    const accepted = await api('POST', base, { description: 'in the background' }, respondAsync);
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    const location = accepted.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/jobs\/[0-9a-f-]{36}$/);
    expect(accepted.body).toEqual({ job_id: location.split('/').at(-1), location });

    const job = await ended(location);
    expect(job).toMatchObject({ id: accepted.body.job_id, database: 'default', status: 'done', error: null });
    for (const time of [job.created_at, job.started_at, job.finished_at]) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    const [newest] = (await api('GET', base)).body.backups;
    expect(job.result).toMatchObject({ success: true, backup: newest });

    const restoring = await api('POST', `${base}/restore`, { filename: newest.filename }, respondAsync);
    const restored = await ended(restoring.headers.get('location') ?? '');
    const direct = await api('POST', `${base}/restore`, { filename: newest.filename });
    expect([restored.status, Object.keys(restored.result)]).toEqual(['done', Object.keys(direct.body)]);
  });

  it('that fails ends with the code and the sentence of its error', async () => {
    const { filename, filepath, filesize } = await makeBackup(service, base);
    writeFileSync(filepath, Buffer.alloc(filesize));
    const accepted = await api('POST', `${base}/restore`, { filename }, respondAsync);
    expect(accepted.status).toBe(202);
    const job = await ended(accepted.headers.get('location') ?? '');
    expect(job).toMatchObject({ status: 'error', result: null, error: { code: 'artefact-damaged' } });
    const direct = await api('POST', `${base}/restore`, { filename });
    expect([direct.status, direct.body.detail]).toEqual([422, job.error.detail]);
  });
});

describe('an unknown job', () => {
  it.each(['00000000-0000-4000-8000-000000000000', '1', '%00', "'", 'x'.repeat(300)])(
    '%s is 404',
    async (id) => {
      expect((await api('GET', `/api/jobs/${id}`)).status).toBe(404);
    },
  );
});

describe.each(backupSections)('the list of $section', ({ base }) => {
  let newestFirst: string[];
  beforeAll(async () => {
    for (const filename of namesOf(await api('GET', `${base}?page[size]=200`))) {
      await api('DELETE', `${base}/${filename}`);
    }
    newestFirst = [];
    for (let count = 0; count < 5; count += 1) {
      newestFirst.unshift((await makeBackup(service, base)).filename);
    }
  });

  it('comes in pages, newest first, and says how many there are', async () => {
    for (const [page, from, to] of [
      ['page[size]=2', 0, 2],
      ['page[size]=2&page[number]=2', 2, 4],
      ['page[size]=2&page[number]=3', 4, 5],
      ['page[size]=2&page[number]=4', 5, 5],
      ['sort=-created_at', 0, 5],
    ] as const) {
      const answer = await api('GET', `${base}?${page}`);
      expect([page, answer.body.total, namesOf(answer)]).toEqual([page, 5, newestFirst.slice(from, to)]);
    }
  });

  it('can be asked for oldest first', async () => {
    const answer = await api('GET', `${base}?sort=created_at&page[size]=2`);
    expect(namesOf(answer)).toEqual([...newestFirst].reverse().slice(0, 2));
  });

  it.each([
    ['page[size]=0', 'page[size]'],
    ['page[size]=201', 'page[size]'],
    ['page[size]=many', 'page[size]'],
    ['page[number]=0', 'page[number]'],
    ['page[number]=1.5', 'page[number]'],
    ['page[colour]=red', 'page[colour]'],
    ['page=2', 'page'],
    ['sort=filename', 'sort'],
    ['sort=created_at;DROP', 'sort'],
    ['filter[status]=done', 'filter[status]'],
    ['colour=red', 'colour'],
  ])('refuses ?%s and names the field', async (query, field) => {
    const { status, body } = await api('GET', `${base}?${query}`);
    const fields = body.errors?.map((error: { field: string }) => error.field);
    expect([status, [...new Set(fields)]]).toEqual([400, [field]]);
  });

  it('is still there when the backup folder is gone, and the status says so', async () => {
    const broken = await startApp();
    try {
      const asSuperadmin = await broken.asSuperadmin();
      await makeBackup(broken, base);
      await rm(`${broken.folder}/backups`, { recursive: true });
      expect((await asSuperadmin('GET', base)).body.total).toBe(1);
      const { body } = await asSuperadmin('GET', `${base}/status`);
      expect(body.system_status).toMatchObject({
        backup_directory_exists: false,
        backup_directory_writable: false,
      });
      const made = await asSuperadmin('POST', base);
      expect([made.status, made.body.code]).toEqual([503, 'storage-unavailable']);
    } finally {
      await broken.stop();
    }
  });
});
