import { parseDatabaseUrl } from './database-url.js';
import { Settings } from './settings.js';

describe('settings', () => {
  it('start from nothing', () => {
    const { env } = new Settings({});
    expect(env).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      HOLDFAST_MAX_BACKUPS: 20,
      HOLDFAST_TIMEZONE: 'UTC',
    });
  });

  it('take an empty variable for an absent one', () => {
    expect(new Settings({ PORT: '' }).env.PORT).toBe(3000);
  });

  it.each([
    ['PORT', '70000'],
    ['HOLDFAST_TIMEZONE', 'Mars/Olympus'],
    ['HOLDFAST_MAX_BACKUPS', '0'],
    ['HOLDFAST_COMPRESSION', 'rar'],
    ['HOLDFAST_JWT_SECRET', 'short'],
    ['HOLDFAST_DATABASE_URL', 'mysql://root:hunter2@localhost'],
    ['HOLDFAST_DATABASE_URL', 'oracle://scott:hunter2@localhost/x'],
  ])('refuse a bad %s and name it', (name, value) => {
    expect(() => new Settings({ [name]: value })).toThrow(name);
  });

  it('never repeat a password in an error', () => {
    let message = '';
    try {
      new Settings({ HOLDFAST_DATABASE_URL: 'mysql://root:hunter2@localhost' });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('HOLDFAST_DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });

  it('refuse to switch authentication off on a public address', () => {
    expect(() => new Settings({ HOLDFAST_AUTH: 'disabled', HOST: '0.0.0.0' })).toThrow('HOLDFAST_AUTH');
    expect(() => new Settings({ HOLDFAST_AUTH: 'disabled' })).not.toThrow();
  });

  it('refuse foreign keys without an issuer and an audience', () => {
    expect(() => new Settings({ HOLDFAST_JWKS_URL: 'https://app.example/jwks' })).toThrow(
      'HOLDFAST_JWT_ISSUER',
    );
  });
});

describe('connection strings', () => {
  it('are decoded', () => {
    expect(parseDatabaseUrl('mysql://us%40er:p%2Fw@db.example:3307/app%20one?ssl=true')).toEqual({
      engine: 'mysql',
      host: 'db.example',
      port: 3307,
      user: 'us@er',
      password: 'p/w',
      database: 'app one',
      tls: true,
    });
  });

  it('name a file for SQLite', () => {
    expect(parseDatabaseUrl('sqlite:./data/app.db')).toEqual({ engine: 'sqlite', path: './data/app.db' });
    expect(parseDatabaseUrl('sqlite:///srv/app.db')).toEqual({ engine: 'sqlite', path: '/srv/app.db' });
  });
});
