import { jest } from '@jest/globals';
import { PasswordsService } from '../../src/users/passwords.service.js';
import { adminEmail, adminPassword, type RunningApp, startApp } from '../support/app.js';

const loginPath = '/api/v1/auth/login';

describe('logging in', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  it('gives a bearer token for an hour', async () => {
    const login = { email: adminEmail, password: adminPassword };
    const { status, body } = await service.api(null)('POST', loginPath, login);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    const [, payload = ''] = body.access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'iss', 'jti', 'sub']);
    expect(claims.exp - claims.iat).toBe(3600);
  });

  it('takes the address in any case', async () => {
    const login = { email: adminEmail.toUpperCase(), password: adminPassword };
    expect((await service.api(null)('POST', loginPath, login)).status).toBe(200);
  });

  it('answers the same for an unknown user and for a wrong password', async () => {
    const unknown = await service.api(null)('POST', loginPath, {
      email: 'nobody@holdfast.test',
      password: 'wrong one',
    });
    const wrong = await service.api(null)('POST', loginPath, { email: adminEmail, password: 'wrong one' });
    expect(unknown.status).toBe(401);
    expect(wrong.status).toBe(401);
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });

  it('does the same work for an unknown user', async () => {
    const user = await service.createUser();
    const verify = jest.spyOn(service.app.get(PasswordsService), 'verify');
    for (const email of [user.email, 'x@y.test']) {
      await service.api(null)('POST', loginPath, { email, password: 'wrong one' });
    }
    expect(verify.mock.calls).toEqual([
      [expect.stringMatching(/^\$argon2id\$/), 'wrong one'],
      [null, 'wrong one'],
    ]);
    verify.mockRestore();
  });

  it('names every missing field', async () => {
    const { status, body } = await service.api(null)('POST', loginPath, {});
    expect(status).toBe(400);
    expect(body.code).toBe('bad-input');
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining(['email', 'password']),
    );
  });

  it('never counts right passwords: sixty of them at once all get in', async () => {
    const user = await service.createUser();
    const logins = Array.from({ length: 60 }, () =>
      service.api(null)('POST', loginPath, { email: user.email, password: user.password }),
    );
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(Array(60).fill(200));
  });

  it('refuses an account after ten wrong passwords, even in one burst, and no other account', async () => {
    const [victim, other] = [await service.createUser(), await service.createUser()];
    const guesses = Array.from({ length: 30 }, (_, number) =>
      service.api(null)('POST', loginPath, { email: victim.email, password: `guess ${number}` }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    // Two are checked at a time, so one more than ten may have been under way already.
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(11);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(19);

    const right = { email: victim.email, password: victim.password };
    const limited = await service.api(null)('POST', loginPath, right);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await service.login(other.email, other.password)).toEqual(expect.any(String));
  });
});

describe('changing the own password', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  it('needs the current one', async () => {
    const user = await service.createUser();
    const change = (current_password: string) =>
      service.api(user.token)('POST', '/api/v1/auth/password', {
        current_password,
        new_password: 'another password',
      });
    expect((await change('not this one')).status).toBe(403);
    expect((await change(user.password)).status).toBe(200);
    expect(await service.login(user.email, 'another password')).toEqual(expect.any(String));
    await expect(service.login(user.email, user.password)).rejects.toThrow('401');
  });
});
