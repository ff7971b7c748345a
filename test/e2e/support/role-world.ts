import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import type { ProjectRole, UserRole } from '../../../src/auth/auth.types.js';
import { Authenticator } from '../../../src/auth/authenticator.js';
import { type Api, jwtSecret, type RunningApp, startApp, type TestUser } from '../../support/app.js';
import type { Kind } from './role-table.js';

/** Somebody who calls, or tries to: with a log-in's token, an API token, a bad token or none. */
export interface TestCaller {
  name: string;
  kind: Kind;
  token: string | null;
  password: string;
}

interface CallDetails {
  /** Fills the `:names` of the path. */
  params?: Record<string, string | number>;
  query?: Record<string, string>;
  body?: unknown;
}

/** Makes what a call is about; afresh for each call, because allowed ones use it up. */
export type Target = (world: World, caller: TestCaller) => CallDetails | Promise<CallDetails>;

const projectId = 1;
const otherProjectId = 2;

/** A service with the demo's database of two projects, and one of everybody who may want something of it. */
export class World {
  private constructor(
    readonly service: RunningApp,
    readonly root: Api,
    readonly people: Record<'spare' | 'projectAdmin', TestUser>,
    readonly callers: readonly TestCaller[],
    /** The first superadmin, for whom every row of the table succeeds. */
    readonly rootCaller: TestCaller,
  ) {}

  static async create(): Promise<World> {
    const service = await startApp({
      HOLDFAST_MAX_BACKUPS: '1000',
      HOLDFAST_MAX_PROJECT_BACKUPS: '1000',
      HOLDFAST_DUMP_REQUESTS_PER_MINUTE: '0',
    });
    const root = await service.asSuperadmin();
    const userIn = async (role: UserRole, project?: number, projectRole?: ProjectRole) => {
      const user = await service.createUser(role);
      if (project) await root('PUT', `/api/v1/projects/${project}/members/${user.id}`, { role: projectRole });
      return user;
    };
    const projectAdmin = await userIn('user', projectId, 'admin');
    const known: [string, Kind, TestUser][] = [
      ['a user', 'user', await userIn('user')],
      ['a member of another project', 'outsider', await userIn('user', otherProjectId, 'member')],
      ['an admin of another project', 'outsider', await userIn('user', otherProjectId, 'admin')],
      ['a project member', 'project member', await userIn('user', projectId, 'member')],
      ['a project admin', 'project admin', projectAdmin],
      ['an admin', 'admin', await userIn('admin')],
      ['a superadmin', 'superadmin', await userIn('superadmin')],
    ];
    const callers: TestCaller[] = [];
    for (const [name, kind, user] of known) {
      const { password, token } = user;
      callers.push({ name, kind, password, token });
      const apiToken = await newApiToken(service, user);
      callers.push({ name: `an API token of ${name}`, kind, password, token: apiToken });
    }
    const superadmin = await userIn('superadmin');
    callers.push({
      name: 'an API token of a superadmin, capped to user',
      kind: 'user',
      password: superadmin.password,
      token: await newApiToken(service, superadmin, 'user'),
    });
    callers.push(...(await strangers(service, superadmin)));
    const people = { spare: await userIn('user'), projectAdmin };
    const rootCaller: TestCaller = {
      name: 'the first superadmin',
      kind: 'superadmin',
      token: await service.superadminToken(),
      password: '',
    };
    return new World(service, root, people, callers, rootCaller);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** One address may send 600 bad tokens a minute, and a quick machine sends more. */
  forgiveBadTokens(): Promise<void> {
    return this.service.app.get(Authenticator).badTokens.forgive('127.0.0.1');
  }

  async fullBackup(): Promise<string> {
    const { body } = await this.root('POST', '/api/v1/backup');
    return body.filename;
  }

  async projectBackup(): Promise<string> {
    const { body } = await this.root('POST', `/api/v1/projects/${projectId}/backup`);
    return body.backup.filename;
  }

  /** One that there is, for what leaves it in place. */
  async lastProjectBackup(): Promise<string> {
    const { body } = await this.root('GET', `/api/v1/projects/${projectId}/backup?page[size]=1`);
    return body.total > 0 ? body.backups[0].filename : this.projectBackup();
  }

  /** A project backup as somebody would upload it. */
  async projectFile(): Promise<FormData> {
    const { body } = await this.root('POST', `/api/v1/projects/${projectId}/backup`);
    const form = new FormData();
    form.append('file', new Blob([await readFile(body.backup.filepath as string)]), 'backup.json');
    return form;
  }

  /** What a restore has replaced and can be put back. */
  async undo(): Promise<string> {
    const { body } = await this.root('POST', '/api/v1/backup/restore', { filename: await this.fullBackup() });
    return body.restore.undo_id;
  }

  /** The same, of a project. */
  async projectUndo(): Promise<string> {
    const path = `/api/v1/projects/${projectId}/backup`;
    const { status } = await this.root('POST', `${path}/restore`, { filename: await this.projectBackup() });
    const { body } = await this.root('GET', `${path}/undo`);
    if (status !== 200) throw new Error(`The restore of the project gave ${status}`);
    return body.undos[0].id;
  }

  /** The id of a copy of the project. */
  async projectCopy(): Promise<string> {
    const path = `/api/v1/projects/${projectId}/backup/restore`;
    const copy = { filename: await this.projectBackup(), mode: 'copy' };
    const { status, body } = await this.root('POST', path, copy);
    if (status !== 200) throw new Error(`The copy of the project gave ${status}`);
    return body.restore_summary.copy.id;
  }

  /** Of the scope as it is, which may be accepted. */
  async scopeDigest(): Promise<string> {
    const { body } = await this.root('GET', '/api/v1/projects/scope');
    return body.digest;
  }

  /** The id of a backup that was asked for. */
  async scheduledBackup(): Promise<string> {
    const { body } = await this.root('GET', '/api/databases/default/backups');
    if (body.total > 0) return body.database_backups[0].id;
    return (await this.root('POST', '/api/databases/default/backups')).body.database_backup.id;
  }

  /** The id of a backup that is done, on a database on which nothing runs. */
  async idleBackup(): Promise<string> {
    const { status, body } = await this.root('POST', '/api/v1/backup');
    if (status !== 200) throw new Error(`The backup gave ${status}`);
    return body.backup.id;
  }

  /** A backup, and a link to it. */
  async downloadLink(): Promise<{ id: string; link: string; token: string }> {
    const id = await this.scheduledBackup();
    const { body } = await this.root('GET', `/api/databases/default/backups/${id}/archive`);
    return { id, link: body.link_id, token: new URL(body.download_url).searchParams.get('token') ?? '' };
  }

  /** The path of a file that nobody has published. */
  fileToPublish(): string {
    const path = `${randomBytes(6).toString('hex')}.sql`;
    writeFileSync(join(this.service.folder, 'backups', path), 'SELECT 1;');
    return path;
  }

  /** The id of a public dump. */
  async dump(): Promise<number> {
    const published = await this.root('POST', '/api/admin/dump', {
      path: this.fileToPublish(),
      public: true,
    });
    return published.body.dump.dump_id;
  }

  newDatabase() {
    const name = `new-${randomBytes(6).toString('hex')}`;
    return { name, url: `sqlite:${this.service.folder}/${name}.db` };
  }

  /** The name of a database that was registered. */
  async database(): Promise<string> {
    const { body } = await this.root('POST', '/api/databases', this.newDatabase());
    return body.database.name;
  }

  /** The id of a schedule that comes once a year. */
  async schedule(): Promise<string> {
    const { body } = await this.root('POST', '/api/databases/default/schedules', { cron: '0 0 1 1 *' });
    return body.schedule.id;
  }

  /** One that is never heard of: nobody listens there. */
  newNotification() {
    return { kind: 'webhook', url: 'http://127.0.0.1:1/', events: ['restore.failed'] };
  }

  async notification(): Promise<string> {
    const { body } = await this.root('POST', '/api/databases/default/notifications', this.newNotification());
    return body.notification.id;
  }

  async jobOfProjectAdmin(): Promise<string> {
    const asProjectAdmin = this.service.api(this.people.projectAdmin.token);
    const path = `/api/v1/projects/${projectId}/backup`;
    const { body } = await asProjectAdmin('POST', path, {}, { prefer: 'respond-async' });
    return body.job_id;
  }

  /** One that nobody can cancel any more. */
  async endedJobOfProjectAdmin(): Promise<string> {
    const id = await this.jobOfProjectAdmin();
    for (;;) {
      const { body } = await this.root('GET', `/api/jobs/${id}`);
      if (body.finished_at !== null) return id;
      await sleep(20);
    }
  }

  /** The id of a token that is the caller's own; the first superadmin's for who cannot have any. */
  async apiTokenOf({ kind, token }: TestCaller): Promise<number> {
    const api = kind === 'nobody' ? this.root : this.service.api(token);
    const { body } = await api('POST', '/api/v1/auth/tokens', { name: 'to be revoked' });
    return body.id;
  }

  newUser() {
    const email = `new-${randomBytes(6).toString('hex')}@holdfast.test`;
    return { email, name: 'Somebody new', password: 'a password for tests' };
  }

  async createdUser(): Promise<number> {
    const { body } = await this.root('POST', '/api/v1/users', this.newUser());
    return body.id;
  }

  async memberToRemove(): Promise<number> {
    const { id } = this.people.spare;
    await this.root('PUT', `/api/v1/projects/${projectId}/members/${id}`, { role: 'member' });
    return id;
  }
}

export async function newApiToken(service: RunningApp, { token }: TestUser, role?: UserRole) {
  const { body } = await service.api(token)('POST', '/api/v1/auth/tokens', {
    name: 'x',
    ...(role && { role }),
  });
  return body.token as string;
}

/** Callers whom nobody knows, or not any more; all of them would be superadmins if they were believed. */
async function strangers(service: RunningApp, superadmin: TestUser): Promise<TestCaller[]> {
  const root = await service.asSuperadmin();
  const removed = await service.createUser('superadmin');
  const tokenOfRemoved = await newApiToken(service, removed);
  await root('DELETE', `/api/v1/users/${removed.id}`);
  const tokens: [string, string | null][] = [
    ['nobody', null],
    ['a garbage token', 'not.a.token'],
    ['an unknown API token', 'hf_unknown'],
    ['an expired token', await signed(superadmin, jwtSecret, '-1m')],
    ['a token of another key', await signed(superadmin, 'another secret, which is long enough too', '1h')],
    ['the token of a removed superadmin', removed.token],
    ['the API token of a removed superadmin', tokenOfRemoved],
  ];
  const { password } = superadmin;
  return tokens.map(([name, token]) => ({ name, kind: 'nobody', token, password }));
}

function signed({ id }: TestUser, secret: string, expires: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(String(id))
    .setIssuer('holdfast')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}
