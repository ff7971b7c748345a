import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { type RunningApp, startApp } from '../support/app.js';
import { backupSections, makeBackup, type MadeBackup } from './support/backup-sections.js';
import { rawRequest } from './support/raw-request.js';

describe.each(backupSections)('the download of one of the $section', ({ base, contentType }) => {
  let service: RunningApp;
  let backup: MadeBackup;
  let bytes: Buffer;
  let etag: string;
  beforeAll(async () => {
    service = await startApp();
    backup = await makeBackup(service, base);
    bytes = readFileSync(backup.filepath);
    etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  });
  afterAll(() => service.stop());

  const download = async (headers: Record<string, string> = {}, method = 'GET') => {
    const authorization = `Bearer ${await service.superadminToken()}`;
    const path = `${base}/${backup.filename}/download`;
    return rawRequest(service.url, method, path, { authorization, ...headers });
  };

  it('is the file to the byte, with its name, type and checksum', async () => {
    const answer = await download();
    expect(answer.status).toBe(200);
    expect(answer.bytes.equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(contentType),
      'content-length': String(bytes.length),
      'content-disposition': expect.stringMatching(/^attachment; filename="?[\w.-]+"?$/),
      'accept-ranges': 'bytes',
      etag,
      'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
      'cache-control': 'private, no-store',
    });
    expect(answer.headers['content-disposition']).toContain(backup.filename);
  });

  it('has the same headers for HEAD, and no bytes', async () => {
    const [get, head] = [await download(), await download({}, 'HEAD')];
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    for (const name of ['content-type', 'content-length', 'content-disposition', 'etag', 'accept-ranges']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=100-199', 100, 200],
    ['bytes=0-0', 0, 1],
    ['bytes=1000-', 1000, undefined],
    ['bytes=-7', -7, undefined],
    ['bytes=10-99999999', 10, undefined],
  ])('gives the range %s', async (range, from, to) => {
    const wanted = bytes.subarray(from, to);
    const answer = await download({ range });
    expect([answer.status, answer.bytes.equals(wanted)]).toEqual([206, true]);
    const start = from < 0 ? bytes.length + from : from;
    const end = start + wanted.length - 1;
    expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/${bytes.length}`);
    expect(answer.headers['content-length']).toBe(String(wanted.length));
  });

  it('can be taken up again where it broke off, if the file is still the same', async () => {
    const rest = await download({ range: 'bytes=500-', 'if-range': etag });
    expect([rest.status, rest.bytes.equals(bytes.subarray(500))]).toEqual([206, true]);
    const whole = await download({ range: 'bytes=500-', 'if-range': '"another"' });
    expect([whole.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
  });

  it('refuses a range that is not in the file, and says how long it is', async () => {
    for (const range of [`bytes=${bytes.length}-`, 'bytes=99999999-', 'bytes=9-5']) {
      const answer = await download({ range });
      expect([range, answer.status]).toEqual([range, 416]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['content-range']).toBe(`bytes */${bytes.length}`);
      expect(answer.headers['content-disposition']).toBeUndefined();
      expect(JSON.parse(answer.bytes.toString())).toMatchObject({ status: 416, code: 'bad-range' });
    }
  });

  it.each(['lines=1-2', 'bytes', 'bytes=0-1,5-6'])(
    'is whole for %s, which is not understood',
    async (range) => {
      const answer = await download({ range });
      expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
    },
  );

  it('is not sent again to who has it', async () => {
    const same = await download({ 'if-none-match': etag });
    expect([same.status, same.bytes.length, same.headers.etag]).toEqual([304, 0, etag]);
    expect((await download({ 'if-none-match': '"another"' })).status).toBe(200);
    expect((await download({ 'if-match': etag })).status).toBe(200);
    const other = await download({ 'if-match': '"another"' });
    expect([other.status, JSON.parse(other.bytes.toString()).code]).toEqual([412, 'precondition-failed']);
  });

  it('is 404 when the file is gone, and so is its restore', async () => {
    const api = await service.asSuperadmin();
    const gone = await makeBackup(service, base);
    rmSync(gone.filepath);
    const answer = await api('GET', `${base}/${gone.filename}/download`);
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    expect((await api('POST', `${base}/restore`, { filename: gone.filename })).status).toBe(404);
    expect((await api('DELETE', `${base}/${gone.filename}`)).status).toBe(200);
  });
});
