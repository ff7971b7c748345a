import { SignJWT, UnsecuredJWT } from 'jose';
import { jwtSecret, type RunningApp, startApp } from '../support/app.js';

const me = '/api/v1/auth/me';
const tokens = '/api/v1/auth/tokens';
const key = new TextEncoder().encode(jwtSecret);

describe('tokens', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  const ownToken = (subject: string) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuer('holdfast')
      .setIssuedAt();

  it('say who is calling', async () => {
    const user = await service.createUser('admin');
    const { status, body } = await service.api(user.token)('GET', me);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: user.id, email: user.email, name: user.email, role: 'admin' });
    expect(body.projects).toEqual(expect.any(Array));
  });

  it('are refused when missing, malformed, expired, of another key, issuer or algorithm', async () => {
    const { id } = await service.createUser();
    const subject = String(id);
    const otherKey = new TextEncoder().encode('another secret, which is long enough too');
    const good = await ownToken(subject).setExpirationTime('1h').sign(key);
    expect((await service.api(good)('GET', me)).status).toBe(200);

    const bad: Record<string, string> = {
      malformed: 'not.a.token',
      empty: '.',
      cut: good.slice(0, -4),
      expired: await ownToken(subject).setExpirationTime('-1m').sign(key),
      endless: await ownToken(subject).sign(key),
      'of another key': await ownToken(subject).setExpirationTime('1h').sign(otherKey),
      'of another issuer': await ownToken(subject).setIssuer('somebody').setExpirationTime('1h').sign(key),
      'without an issuer': await new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(subject)
        .setExpirationTime('1h')
        .sign(key),
      'of a stronger algorithm': await new SignJWT()
        .setProtectedHeader({ alg: 'HS512' })
        .setSubject(subject)
        .setIssuer('holdfast')
        .setExpirationTime('1h')
        .sign(key),
      'of no algorithm': new UnsecuredJWT()
        .setSubject(subject)
        .setIssuer('holdfast')
        .setExpirationTime('1h')
        .encode(),
      'of nobody': await ownToken('999999').setExpirationTime('1h').sign(key),
      'of no number': await ownToken('1 OR 1=1').setExpirationTime('1h').sign(key),
      'an unknown API token': 'hf_unknown',
    };
    for (const [what, token] of Object.entries(bad)) {
      const { status, body, headers } = await service.api(token)('GET', me);
      expect([what, status, body.code]).toEqual([what, 401, 'unauthenticated']);
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await service.api(null)('GET', me)).status).toBe(401);
  });

  it('are not taken from the query', async () => {
    const user = await service.createUser();
    for (const name of ['token', 'access_token', 'auth_token']) {
      expect((await service.api(null)('GET', `${me}?${name}=${user.token}`)).status).toBe(401);
    }
  });

  it('follow a changed role at the next request', async () => {
    const user = await service.createUser('superadmin');
    expect((await service.api(user.token)('GET', '/api/v1/users')).status).toBe(200);
    const asSuperadmin = await service.asSuperadmin();
    await asSuperadmin('PATCH', `/api/v1/users/${user.id}`, { role: 'user' });
    expect((await service.api(user.token)('GET', '/api/v1/users')).status).toBe(403);
  });

  it('end with their user', async () => {
    const user = await service.createUser();
    const { body } = await service.api(user.token)('POST', tokens, { name: 'cron' });
    expect((await service.api(body.token)('GET', me)).status).toBe(200);
    const asSuperadmin = await service.asSuperadmin();
    expect((await asSuperadmin('DELETE', `/api/v1/users/${user.id}`)).status).toBe(200);
    expect((await service.api(user.token)('GET', me)).status).toBe(401);
    expect((await service.api(body.token)('GET', me)).status).toBe(401);
  });

  it('that are bad never lock out a good one from the same address', async () => {
    const { token } = await service.createUser();
    const answers = [];
    for (let batch = 0; batch < 13; batch += 1) {
      const tries = Array.from({ length: 50 }, () => service.api('hf_bad')('GET', me));
      answers.push(...(await Promise.all(tries)).map(({ status }) => status));
    }
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect((await service.api(token)('GET', me)).status).toBe(200);
  });
});

describe('API tokens', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  it('are shown once and act as their owner', async () => {
    const user = await service.createUser('admin');
    const made = await service.api(user.token)('POST', tokens, { name: 'nightly', expires_in_days: 30 });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'nightly', role: 'admin', token: expect.stringMatching(/^hf_/) });

    const whoami = await service.api(made.body.token)('GET', me);
    expect(whoami.body).toMatchObject({ id: user.id, role: 'admin' });

    const list = await service.api(user.token)('GET', tokens);
    expect(list.body).toMatchObject({
      total: 1,
      tokens: [{ id: made.body.id, last_used_at: expect.any(String) }],
    });
    expect(JSON.stringify(list.body)).not.toContain('hf_');
  });

  it('may have a lower role than their owner, never a higher one', async () => {
    const admin = await service.createUser('admin');
    const higher = await service.api(admin.token)('POST', tokens, { name: 'x', role: 'superadmin' });
    expect(higher.status).toBe(403);
    const lower = await service.api(admin.token)('POST', tokens, { name: 'x', role: 'user' });
    expect((await service.api(lower.body.token)('GET', me)).body.role).toBe('user');
    const byLower = await service.api(lower.body.token)('POST', tokens, { name: 'y', role: 'admin' });
    expect(byLower.status).toBe(403);
  });

  it('sink with their owner and do not rise again above their own role', async () => {
    const user = await service.createUser('superadmin');
    const { body } = await service.api(user.token)('POST', tokens, { name: 'x', role: 'admin' });
    const asSuperadmin = await service.asSuperadmin();
    const roleOfToken = async () => (await service.api(body.token)('GET', me)).body.role;
    expect(await roleOfToken()).toBe('admin');
    await asSuperadmin('PATCH', `/api/v1/users/${user.id}`, { role: 'user' });
    expect(await roleOfToken()).toBe('user');
  });

  it('do not make tokens that outlive them', async () => {
    const user = await service.createUser();
    const short = await service.api(user.token)('POST', tokens, { name: 'short', expires_in_days: 1 });
    const long = await service.api(short.body.token)('POST', tokens, { name: 'long', expires_in_days: 300 });
    expect(long.body.expires_at).toBe(short.body.expires_at);
  });

  it('are revoked at once, by their owner only', async () => {
    const [owner, other] = [await service.createUser(), await service.createUser('admin')];
    const { body } = await service.api(owner.token)('POST', tokens, { name: 'x' });
    expect((await service.api(other.token)('DELETE', `${tokens}/${body.id}`)).status).toBe(404);
    expect((await service.api(owner.token)('DELETE', `${tokens}/0${body.id}`)).status).toBe(404);
    expect((await service.api(owner.token)('DELETE', `${tokens}/${body.id}`)).status).toBe(200);
    expect((await service.api(body.token)('GET', me)).status).toBe(401);
  });
});

describe('API tokens in time', () => {
  it('end when their days are over', async () => {
    let now = new Date('2026-03-01T12:00:00Z');
    const clock = { now: () => now, monotonicMs: () => now.getTime() };
    const service = await startApp({}, { clock });
    try {
      const { body } = await (
        await service.asSuperadmin()
      )('POST', tokens, { name: 'x', expires_in_days: 1 });
      expect(body.expires_at).toBe('2026-03-02T12:00:00.000Z');
      expect((await service.api(body.token)('GET', me)).status).toBe(200);
      now = new Date('2026-03-02T12:00:00Z');
      expect((await service.api(body.token)('GET', me)).status).toBe(401);
    } finally {
      await service.stop();
    }
  });
});

describe('without authentication', () => {
  it('everybody is superadmin, and owns no tokens', async () => {
    const service = await startApp({ HOLDFAST_AUTH: 'disabled' });
    try {
      const { body } = await service.api(null)('GET', me);
      expect(body).toMatchObject({ role: 'superadmin' });
      expect((await service.api(null)('GET', '/api/v1/users')).status).toBe(200);
      expect((await service.api(null)('POST', tokens, { name: 'x' })).status).toBe(409);
    } finally {
      await service.stop();
    }
  });
});
