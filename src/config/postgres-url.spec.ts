import { parsePostgresUrl } from './postgres-url.js';

describe('The address of a PostgreSQL database', () => {
  it('is read with its defaults', () => {
    expect(parsePostgresUrl('postgres://db.example/app')).toEqual({
      engine: 'postgres',
      host: 'db.example',
      port: 5432,
      user: 'postgres',
      password: '',
      database: 'app',
      schema: 'public',
      tls: false,
    });
  });

  it('may name everything', () => {
    const url = 'postgresql://a%40b:p%2Fw@[::1]:6000/my%20app?schema=Shop&sslmode=verify-full';
    expect(parsePostgresUrl(url)).toEqual({
      engine: 'postgres',
      host: '::1',
      port: 6000,
      user: 'a@b',
      password: 'p/w',
      database: 'my app',
      schema: 'Shop',
      tls: true,
    });
  });

  it.each([
    ['mysql://h/app', /must begin with postgres/],
    ['postgres://h/', /names no database/],
    ['postgres:///app', /names no host/],
    ['postgres://u:%zz@h/app', /% that encodes nothing/],
    ['postgres://u:secret@h:port/app', /is not a URL/],
  ])('is refused without being repeated: %s', (url, sentence) => {
    expect(() => parsePostgresUrl(url)).toThrow(sentence);
    expect(() => parsePostgresUrl(url)).not.toThrow(/secret/);
  });
});
