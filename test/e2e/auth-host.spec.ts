import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminEmail, type RunningApp, startApp } from '../support/app.js';

const issuer = 'https://app.example';
const audience = 'holdfast';
const me = '/api/v1/auth/me';

describe("the host application's tokens", () => {
  let service: RunningApp;
  let jwks: Server;
  const signing: Record<string, CryptoKey> = {};

  beforeAll(async () => {
    const keys: unknown[] = [];
    for (const alg of ['RS256', 'ES256']) {
      const pair = await generateKeyPair(alg, { extractable: true });
      signing[alg] = pair.privateKey;
      keys.push({ ...(await exportJWK(pair.publicKey)), kid: alg, alg, use: 'sig' });
    }
    jwks = createServer((_request, response) => response.end(JSON.stringify({ keys })));
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    const { port } = jwks.address() as AddressInfo;
    service = await startApp({
      HOLDFAST_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
      HOLDFAST_JWT_ISSUER: issuer,
      HOLDFAST_JWT_AUDIENCE: audience,
    });
  });

  afterAll(async () => {
    await service.stop();
    jwks.close();
  });

  interface Wanted {
    alg?: string;
    kid?: string;
    iss?: string;
    aud?: string;
    exp?: string;
  }

  function sign(claims: Record<string, unknown>, wanted: Wanted = {}, key?: CryptoKey): Promise<string> {
    const { alg = 'RS256', kid = alg, iss = issuer, aud = audience, exp = '5m' } = wanted;
    const chosen = key ?? signing[alg];
    if (!chosen) throw new Error(`no key for ${alg}`);
    return new SignJWT(claims)
      .setProtectedHeader({ alg, kid })
      .setIssuer(iss)
      .setAudience(aud)
      .setExpirationTime(exp)
      .sign(chosen);
  }

  const whoIs = async (token: string) => (await service.api(token)('GET', me)).body;

  it.each(['RS256', 'ES256'])(
    'signed with %s make their user at the first visit, with the role user',
    async (alg) => {
      const claims = {
        sub: `first-${alg}`,
        email: `Ada-${alg}@App.example`,
        name: 'Ada',
        role: 'superadmin',
      };
      const first = await whoIs(await sign(claims, { alg }));
      expect(first).toMatchObject({
        email: `ada-${alg.toLowerCase()}@app.example`,
        name: 'Ada',
        role: 'user',
      });
      expect((await whoIs(await sign(claims, { alg }))).id).toBe(first.id);
    },
  );

  it('make one user when two first requests come at once', async () => {
    const token = await sign({ sub: 'twice', email: 'twice@app.example' });
    const both = await Promise.all([whoIs(token), whoIs(token), whoIs(token)]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
  });

  it('are refused from another issuer, for another audience, expired, of an unknown or another key', async () => {
    const other = await generateKeyPair('RS256');
    const bad = [
      await sign({ sub: 'x' }, { iss: 'https://evil.example' }),
      await sign({ sub: 'x' }, { aud: 'somebody-else' }),
      await sign({ sub: 'x' }, { exp: '-1m' }),
      await sign({ sub: 'x' }, { kid: 'unknown' }),
      await sign({ sub: 'x' }, {}, other.privateKey),
      await sign({}),
      await new SignJWT({ sub: 'x', iss: issuer, aud: audience })
        .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode(JSON.stringify('a public key taken for a shared secret'))),
    ];
    for (const token of bad) expect((await service.api(token)('GET', me)).status).toBe(401);
  });

  it('take over the local account with the same address only if it is verified', async () => {
    const [verified, unverified] = [await service.createUser('admin'), await service.createUser('admin')];
    const linked = await whoIs(await sign({ sub: 'v', email: verified.email, email_verified: true }));
    expect(linked).toMatchObject({ id: verified.id, role: 'admin' });
    const apart = await whoIs(await sign({ sub: 'u', email: unverified.email }));
    expect(apart.id).not.toBe(unverified.id);
    expect(apart).toMatchObject({ role: 'user', email: expect.stringMatching(/@external\.invalid$/) });
    const second = await whoIs(await sign({ sub: 'another', email: verified.email, email_verified: true }));
    expect(second.id).not.toBe(verified.id);
  });

  it('never become a superadmin by address', async () => {
    const who = await whoIs(await sign({ sub: 'boss', email: adminEmail, email_verified: true }));
    expect(who.role).toBe('user');
  });

  it('do not claim an address that the host application says is not verified', async () => {
    const who = await whoIs(
      await sign({ sub: 'squatter', email: 'later@app.example', email_verified: false }),
    );
    expect(who.email).toMatch(/@external\.invalid$/);
  });

  it('stop working for a removed user until the next visit makes a new one', async () => {
    const token = await sign({ sub: 'gone', email: 'gone@app.example' });
    const { id } = await whoIs(token);
    await (
      await service.asSuperadmin()
    )('DELETE', `/api/v1/users/${id}`);
    expect((await whoIs(token)).id).not.toBe(id);
  });
});
