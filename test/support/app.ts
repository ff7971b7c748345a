import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppOptions } from '../../src/create-app.js';
import { createApp } from '../../src/create-app.js';
import { createLog } from '../../src/common/http/logging.js';
import { Settings } from '../../src/config/settings.js';
import type { UserRole } from '../../src/users/users.types.js';
import { grown } from './grown.js';

export interface Answer {
  status: number;
  // What a test expects of a body is what it says in its assertions.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Headers;
}

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export interface TestUser {
  id: number;
  email: string;
  password: string;
  token: string;
}

export const adminEmail = 'root@holdfast.test';
export const adminPassword = 'correct horse battery';
export const jwtSecret = 'a-secret-for-tests-that-is-long-enough';

/** A real service on a free port, with folders of its own that `stop` removes. Nothing comes from the environment, but what `grown` takes. */
export async function startApp(
  overrides: Record<string, string> = {},
  options: Omit<AppOptions, 'settings'> = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const settings = new Settings({
    HOLDFAST_DATA_DIR: join(folder, 'data'),
    ...(await grown(overrides['HOLDFAST_DATA_DIR'] ?? join(folder, 'data'))),
    HOLDFAST_BACKUP_DIR: join(folder, 'backups'),
    HOLDFAST_JWT_SECRET: jwtSecret,
    HOLDFAST_ADMIN_EMAIL: adminEmail,
    HOLDFAST_ADMIN_PASSWORD: adminPassword,
    ...overrides,
  });
  const app = await createApp({ log: createLog('silent'), ...options, settings });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new RunningApp(`http://127.0.0.1:${port}`, app, folder);
}

export class RunningApp {
  #superadminToken: Promise<string> | undefined;

  constructor(
    readonly url: string,
    readonly app: NestExpressApplication,
    readonly folder: string,
  ) {}

  /** Calls as the owner of `token`, or as nobody. */
  api(token: string | null): Api {
    return async (method, path, body, headers = {}) => {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: bodyOf(body) }),
      });
      return { status: response.status, body: await readBody(response), headers: response.headers };
    };
  }

  async login(email: string, password: string): Promise<string> {
    const { status, body } = await this.api(null)('POST', '/api/v1/auth/login', { email, password });
    if (status !== 200) throw new Error(`Log-in of ${email} gave ${status}: ${JSON.stringify(body)}`);
    return body.access_token;
  }

  superadminToken(): Promise<string> {
    this.#superadminToken ??= this.login(adminEmail, adminPassword);
    return this.#superadminToken;
  }

  async asSuperadmin(): Promise<Api> {
    return this.api(await this.superadminToken());
  }

  async createUser(role: UserRole = 'user'): Promise<TestUser> {
    const email = `${role}-${randomBytes(4).toString('hex')}@holdfast.test`;
    const password = 'a password for tests';
    const asSuperadmin = await this.asSuperadmin();
    const { body } = await asSuperadmin('POST', '/api/v1/users', { email, name: email, password, role });
    return { id: body.id, email, password, token: await this.login(email, password) };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function bodyOf(body: unknown): string | FormData {
  return typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body);
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return isJson && text !== '' ? JSON.parse(text) : text;
}
