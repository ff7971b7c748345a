import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callUrl, type Resolver } from './call-url.js';

const call = (url: string) => ({ url, method: 'POST', headers: {}, body: '{}', policy: 'strict' }) as const;

/** Every name stands for these. */
const resolvesTo =
  (...addresses: string[]): Resolver =>
  (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('A URL that is called', () => {
  let server: Server;
  let port: number;
  let status = 200;
  let calls = 0;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      calls += 1;
      response.writeHead(status, { location: 'http://127.0.0.1/elsewhere' }).end('secret of the receiver');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    calls = 0;
  });

  it.each([
    [204, { ok: true }],
    [302, { ok: false, sentence: expect.stringContaining('redirects are not followed') }],
    [401, { ok: false, sentence: 'It answered 401 instead of 200 to 299.' }],
    [500, { ok: false, sentence: 'It answered 500 instead of 200 to 299.' }],
  ])('and answers %i is told of by the status alone, and called once', async (answer, attempt) => {
    status = answer;
    expect(await callUrl(call(`http://127.0.0.1:${port}/?token=x`))).toEqual(attempt);
    expect(calls).toBe(1);
  });

  it('is not called when its name stands for a link-local address by then', async () => {
    const attempt = await callUrl(call(`https://hook.example:${port}/`), resolvesTo('169.254.169.254'));
    expect(attempt).toEqual({ ok: false, sentence: expect.stringContaining('link-local') });
    expect(calls).toBe(0);
  });

  it('is called in clear text on this machine only, whatever its name is', async () => {
    status = 200;
    const here = await callUrl(call(`http://hook.example:${port}/`), resolvesTo('192.0.2.7', '127.0.0.1'));
    expect(here).toEqual({ ok: true });
    const elsewhere = await callUrl(call(`http://localhost:${port}/`), resolvesTo('192.0.2.7'));
    expect(elsewhere).toEqual({ ok: false, sentence: expect.stringContaining('https://') });
    expect(calls).toBe(1);
  });

  it('that nobody answers at, or whose name stands for nothing, is a sentence without the URL', async () => {
    const closed = await callUrl(call('http://127.0.0.1:1/?token=x'));
    expect(closed).toEqual({ ok: false, sentence: 'It could not be called (ECONNREFUSED).' });
    const unknown: Resolver = (_name, _options, done) =>
      done(Object.assign(new Error('hook.example'), { code: 'ENOTFOUND' }), []);
    expect(await callUrl(call('https://hook.example/'), unknown)).toEqual({
      ok: false,
      sentence: 'It could not be called (ENOTFOUND).',
    });
  });
});
