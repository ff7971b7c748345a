import type { IRouter } from 'express';
import type { Answer } from '../support/app.js';
import { refusals, verdicts } from './support/role-table.js';
import { newApiToken, type TestCaller, World } from './support/role-world.js';
import { alwaysNotFound, type RouteRow, routeTable } from './support/route-table.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.forgiveBadTokens());
afterAll(() => world.stop());

const firstPaths = routeTable.filter(({ secondPath }) => !secondPath);

describe('the role table', () => {
  it('has every route that the application has registered, and no other', () => {
    const { router } = world.service.app.getHttpAdapter().getInstance() as { router: IRouter };
    const registered = router.stack.flatMap(({ route }) =>
      (route?.stack ?? []).map(({ method }) => `${method.toUpperCase()} ${route?.path}`),
    );
    expect(registered.length).toBeGreaterThan(40);
    const listed = [...routeTable.map(({ route }) => route), ...alwaysNotFound];
    expect(listed.sort()).toEqual(registered.sort());
  });

  it.each(routeTable)('lets $audience call $route, and nobody else', async (row) => {
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    const usedByRefused = await row.target?.(world, world.rootCaller);
    for (const caller of callersOf(row)) {
      const verdict = verdicts[row.audience][caller.kind];
      const details = verdict === 'in' ? await row.target?.(world, caller) : usedByRefused;
      answers[caller.name] = outcome(await call(row, caller, details));
      expected[caller.name] = verdict === 'in' ? String(row.status ?? 200) : refusals[verdict];
    }
    expect(answers).toEqual(expected);
  });

  it.each(firstPaths.filter(({ route }) => /^DELETE|undo.:id.restore$/.test(route)))(
    'leaves in place what a refused $route was about',
    async (row) => {
      const details = await row.target?.(world, world.rootCaller);
      for (const caller of oneOfEachKind()) {
        if (verdicts[row.audience][caller.kind] !== 'in') await call(row, caller, details);
      }
      expect((await call(row, world.rootCaller, details)).status).toBe(row.status ?? 200);
    },
  );

  it.each(firstPaths.filter(({ route }) => route.startsWith('GET ')))(
    'holds for HEAD as for $route',
    async (row) => {
      const head = { ...row, route: row.route.replace('GET', 'HEAD') };
      const details = await row.target?.(world, world.rootCaller);
      for (const caller of oneOfEachKind()) {
        const asked = await call(head, caller, details);
        const verdict = verdicts[row.audience][caller.kind];
        expect([caller.name, asked.status]).toEqual([caller.name, verdict === 'in' ? 200 : verdict]);
      }
    },
  );
});

describe('an outsider', () => {
  it('is told the same of a project that exists as of one that does not', async () => {
    const outsider = callerNamed('an admin of another project');
    for (const row of routeTable.filter(({ route }) => route.includes('/projects/:id/'))) {
      const details = await row.target?.(world, world.rootCaller);
      const answers = [1, 999].map(async (id) => {
        const { status, body } = await call(row, outsider, {
          ...details,
          params: { ...details?.params, id },
        });
        return { status, detail: body.detail, code: body.code };
      });
      const [existing, missing] = await Promise.all(answers);
      expect([row.route, existing]).toEqual([row.route, missing]);
    }
  });
});

describe('at the very next request', () => {
  const statusOf = async (token: string, route: string, details?: Details) => {
    const row = { route, audience: 'everybody' } as const;
    return (await call(row, { name: '', kind: 'nobody', password: '', token }, details)).status;
  };
  const inProject = { params: { id: 1 } };
  const member = (id: number) => `/api/v1/projects/1/members/${id}`;

  it('a demoted admin is a user, also with their API token', async () => {
    const user = await world.service.createUser('admin');
    const params = { filename: await world.fullBackup() };
    for (const token of [user.token, await newApiToken(world.service, user)]) {
      await world.root('PATCH', `/api/v1/users/${user.id}`, { role: 'admin' });
      expect(await statusOf(token, 'GET /api/v1/backup/:filename/download', { params })).toBe(200);
      expect(await statusOf(token, 'POST /api/v1/projects/:id/backup', inProject)).toBe(200);
      await world.root('PATCH', `/api/v1/users/${user.id}`, { role: 'user' });
      expect(await statusOf(token, 'GET /api/v1/backup/:filename/download', { params })).toBe(403);
      expect(await statusOf(token, 'POST /api/v1/backup/cleanup')).toBe(403);
      expect(await statusOf(token, 'POST /api/v1/projects/:id/backup', inProject)).toBe(404);
      expect(await statusOf(token, 'GET /api/v1/backup')).toBe(200);
    }
  });

  it('a demoted superadmin neither restores nor deletes', async () => {
    const user = await world.service.createUser('superadmin');
    const filename = await world.fullBackup();
    const restore = () => statusOf(user.token, 'POST /api/v1/backup/restore', { body: { filename } });
    expect(await restore()).toBe(200);
    await world.root('PATCH', `/api/v1/users/${user.id}`, { role: 'admin' });
    expect(await restore()).toBe(403);
    expect(await statusOf(user.token, 'DELETE /api/v1/backup/:filename', { params: { filename } })).toBe(403);
    expect(await statusOf(user.token, 'GET /api/v1/users')).toBe(403);
  });

  it('a removed member is an outsider, also with their API token', async () => {
    const user = await world.service.createUser();
    for (const token of [user.token, await newApiToken(world.service, user)]) {
      await world.root('PUT', member(user.id), { role: 'member' });
      expect(await statusOf(token, 'GET /api/v1/projects/:id/backup', inProject)).toBe(200);
      await world.root('DELETE', member(user.id));
      expect(await statusOf(token, 'GET /api/v1/projects/:id/backup', inProject)).toBe(404);
      expect(await statusOf(token, 'GET /api/v1/projects/:id/backup/status', inProject)).toBe(404);
    }
  });

  it('a project admin who became a member does not back up, restore, download or delete', async () => {
    const user = await world.service.createUser();
    await world.root('PUT', member(user.id), { role: 'admin' });
    expect(await statusOf(user.token, 'POST /api/v1/projects/:id/backup', inProject)).toBe(200);
    await world.root('PUT', member(user.id), { role: 'member' });
    for (const row of firstPaths.filter(({ audience }) => audience === 'project admin')) {
      const details = await row.target?.(world, world.rootCaller);
      expect([row.route, await statusOf(user.token, row.route, details)]).toEqual([row.route, 403]);
    }
    expect(await statusOf(user.token, 'GET /api/v1/projects/:id/backup', inProject)).toBe(200);
  });

  it('a promoted user may what the new role may', async () => {
    const user = await world.service.createUser();
    expect(await statusOf(user.token, 'POST /api/v1/backup/cleanup')).toBe(403);
    await world.root('PATCH', `/api/v1/users/${user.id}`, { role: 'admin' });
    expect(await statusOf(user.token, 'POST /api/v1/backup/cleanup')).toBe(200);
  });
});

describe('a job', () => {
  it('is shown to the user who started it and to admins, not to other users', async () => {
    const owner = callerNamed('a user');
    const headers = { prefer: 'respond-async' };
    const started = await world.service.api(owner.token)('POST', '/api/v1/backup', undefined, headers);
    const statusFor = async (name: string) =>
      (await world.service.api(callerNamed(name).token)('GET', started.body.location)).status;
    expect(await statusFor('a user')).toBe(200);
    expect(await statusFor('an API token of a user')).toBe(200);
    expect(await statusFor('an admin')).toBe(200);
    expect(await statusFor('a project admin')).toBe(404);
  });
});

type Details = Awaited<ReturnType<NonNullable<RouteRow['target']>>>;

function callersOf({ secondPath }: RouteRow): readonly TestCaller[] {
  return secondPath ? oneOfEachKind() : world.callers;
}

/** For what follows from the table above. */
function oneOfEachKind(): TestCaller[] {
  const kinds = [...new Set(world.callers.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => world.callers.find((caller) => caller.kind === kind) ?? []);
}

function callerNamed(name: string): TestCaller {
  const caller = world.callers.find((candidate) => candidate.name === name);
  if (!caller) throw new Error(`Nobody is called "${name}"`);
  return caller;
}

function call({ route }: RouteRow, { token }: TestCaller, details: Details | undefined): Promise<Answer> {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(/:(\w+)/g, (_match, name: string) => {
    const value = details?.params?.[name];
    if (value === undefined) throw new Error(`The target of ${route} does not say its :${name}`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams(details?.query).toString();
  return world.service.api(token)(method, query === '' ? path : `${path}?${query}`, details?.body);
}

function outcome({ status, body }: Answer): string {
  return status < 400 ? String(status) : `${status} ${body.code}`;
}
