import { jest } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/common/http/logging.js';
import { adminEmail, adminPassword, startApp } from '../support/app.js';

describe('the first start', () => {
  let folder: string;
  let printed: string;
  let logged: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-start-'));
    printed = '';
    logged = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true, force: true });
  });

  const log = createLog('trace', { write: (line: string) => void (logged += line) });
  const start = (settings: Record<string, string> = {}) =>
    startApp(
      {
        HOLDFAST_DATA_DIR: folder,
        HOLDFAST_ADMIN_EMAIL: '',
        HOLDFAST_ADMIN_PASSWORD: '',
        HOLDFAST_JWT_SECRET: '',
        ...settings,
      },
      { log },
    );

  it('prints a one-time password once, and not into the log', async () => {
    const first = await start();
    const [, password = ''] = /password (\S+)/.exec(printed) ?? [];
    const token = await first.login('admin@localhost', password);
    expect(logged).not.toContain(password);
    await first.stop();

    printed = '';
    const second = await start();
    expect(printed).toBe('');
    // The generated secret is kept, so tokens outlive a restart.
    expect((await second.api(token)('GET', '/api/v1/auth/me')).body.role).toBe('superadmin');
    await second.stop();
  });

  it('takes the administrator from the settings, only while there is no user', async () => {
    const first = await start({ HOLDFAST_ADMIN_EMAIL: adminEmail, HOLDFAST_ADMIN_PASSWORD: adminPassword });
    expect(printed).toBe('');
    await first.login(adminEmail, adminPassword);
    await first.stop();

    const second = await start({
      HOLDFAST_ADMIN_EMAIL: 'evil@holdfast.test',
      HOLDFAST_ADMIN_PASSWORD: adminPassword,
    });
    await expect(second.login('evil@holdfast.test', adminPassword)).rejects.toThrow('401');
    await second.stop();
  });

  it('generates a secret that only its owner can read', async () => {
    const service = await start();
    const path = join(folder, 'jwt-secret');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'utf8')).trim().length).toBeGreaterThanOrEqual(32);
    await service.stop();
  });

  it('refuses a secret that somebody has shortened', async () => {
    await writeFile(join(folder, 'jwt-secret'), 'short');
    await expect(start()).rejects.toThrow('jwt-secret');
  });
});
