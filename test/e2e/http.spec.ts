import { request as httpRequest } from 'node:http';
import { createLog } from '../../src/common/http/logging.js';
import { AudienceCheck } from '../../src/auth/audience-check.js';
import { adminEmail, adminPassword, type RunningApp, startApp } from '../support/app.js';

const lines: string[] = [];
const log = createLog('trace', { write: (line: string) => void lines.push(line) });

describe('the HTTP shell', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp({}, { log });
  });
  afterAll(() => service.stop());

  it('answers errors as problem details that carry the request id', async () => {
    const { status, body, headers } = await service.api(null)('GET', '/api/v1/nothing', undefined, {
      'X-Request-Id': 'my-id.1',
    });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('x-request-id')).toBe('my-id.1');
    expect(body).toEqual({
      type: 'urn:holdfast:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: expect.stringContaining('/api/v1/nothing'),
      code: 'not-found',
      request_id: 'my-id.1',
    });
  });

  it.each(['', 'x'.repeat(129), 'two words', '{"json":1}', 'a/b'])(
    'makes its own id instead of "%s"',
    async (id) => {
      const { headers } = await service.api(null)('GET', '/api/v1/nothing', undefined, {
        'X-Request-Id': id,
      });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('refuses what is not JSON, too large, or badly encoded', async () => {
    const login = (body: string, headers = {}) =>
      service.api(null)('POST', '/api/v1/auth/login', body, headers);
    expect((await login('{"email":')).body).toMatchObject({ status: 400, code: 'bad-input' });
    expect((await login('[]')).status).toBe(400);
    expect((await login('"text"')).status).toBe(400);
    expect((await login('null')).status).toBe(400);
    expect((await login('{}', { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await login('{}', { 'content-encoding': 'rot13' })).status).toBe(400);
    expect((await login(`"${'x'.repeat(1_100_000)}"`)).body).toMatchObject({
      status: 413,
      code: 'too-large',
    });
    expect((await login(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status).toBe(400);
    expect((await service.api(null)('GET', '/api/v1/users/%E0%A4%A')).status).toBe(400);
  });

  it('says nothing about its inside', async () => {
    const { headers, body } = await service.api(null)('POST', '/api/v1/auth/login', '{');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.stringify(body)).not.toMatch(/stack|at .*\.ts|node_modules|SyntaxError/);
  });

  it('logs every request in JSON with its id, and no secret', async () => {
    lines.length = 0;
    const asSuperadmin = await service.asSuperadmin();
    const headers = { 'X-Request-Id': 'find-me' };
    await service.api(null)(
      'POST',
      '/api/v1/auth/login',
      { email: adminEmail, password: adminPassword },
      headers,
    );
    await asSuperadmin('GET', '/api/v1/auth/me?token=geheim&page=1', undefined, headers);
    await asSuperadmin('POST', '/api/v1/auth/tokens', { name: 'x' }, headers);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const mine = lines.map((line) => JSON.parse(line)).filter(({ request_id }) => request_id === 'find-me');
    expect(mine.map(({ req, res }) => [req?.method, res?.status])).toEqual(
      expect.arrayContaining([
        ['POST', 200],
        ['GET', 200],
        ['POST', 201],
      ]),
    );
    const all = lines.join('');
    expect(all).toContain('/api/v1/auth/me?token=[redacted]&page=1');
    for (const secret of [adminPassword, await service.superadminToken(), 'geheim', 'hf_', 'Bearer']) {
      expect(all).not.toContain(secret);
    }
  });

  it('redacts secrets that somebody logs by mistake', () => {
    lines.length = 0;
    log.info(
      { password: 'geheim', req: { headers: { authorization: 'geheim' } }, user: { token: 'geheim' } },
      'oops',
    );
    log.info(
      { headers: { authorization: 'geheim', 'set-cookie': 'geheim' }, authorization: 'geheim' },
      'oops',
    );
    expect(lines.join('')).not.toContain('geheim');
  });

  it('describes itself to everybody, with what needs a token', async () => {
    const { status, body } = await service.api(null)('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(body.paths['/api/v1/users'].get.security).toEqual([{ bearer: [] }]);
    expect(body.paths['/api/v1/auth/login'].post.security).toBeUndefined();
    expect(body.paths['/api/v1/users'].get.parameters.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['page[number]', 'page[size]', 'sort', 'filter[role]']),
    );
    const page = await service.api(null)('GET', '/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    const script = await service.api(null)('GET', '/docs/swagger-ui-init.js');
    expect(script.status).toBe(200);
  });

  it('has exactly one audience on every route', () => {
    const routes = service.app.get(AudienceCheck, { strict: false }).routes();
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter(({ audiences }) => audiences.length !== 1)).toEqual([]);
  });

  it('survives a client that goes away in the middle of its body', async () => {
    const { port } = new URL(service.url);
    await new Promise<void>((resolve) => {
      const client = httpRequest({
        port,
        method: 'POST',
        path: '/api/v1/auth/login',
        headers: { 'content-type': 'application/json', 'content-length': '1000' },
      });
      client.on('error', () => resolve());
      client.on('close', () => resolve());
      client.write('{"email":');
      setTimeout(() => client.destroy(), 50);
    });
    expect((await service.api(null)('GET', '/openapi.json')).status).toBe(200);
  });
});
