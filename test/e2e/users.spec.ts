import { adminEmail, type Api, type RunningApp, startApp } from '../support/app.js';

const path = '/api/v1/users';

describe('users', () => {
  let service: RunningApp;
  let asSuperadmin: Api;
  beforeAll(async () => {
    service = await startApp();
    asSuperadmin = await service.asSuperadmin();
  });
  afterAll(() => service.stop());

  const ada = { email: 'Ada@Holdfast.test', name: 'Ada', password: 'engines and notes', role: 'user' };

  it('are made, read, changed and removed by a superadmin', async () => {
    const made = await asSuperadmin('POST', path, ada);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ email: 'ada@holdfast.test', name: 'Ada', role: 'user' });

    const changes = { name: 'Ada L.', role: 'admin', password: 'other notes' };
    const changed = await asSuperadmin('PATCH', `${path}/${made.body.id}`, changes);
    expect(changed.body).toMatchObject({ id: made.body.id, name: 'Ada L.', role: 'admin' });
    expect(await service.login('ada@holdfast.test', 'other notes')).toEqual(expect.any(String));
    expect((await asSuperadmin('GET', `${path}/${made.body.id}`)).body).toEqual(changed.body);

    const removed = await asSuperadmin('DELETE', `${path}/${made.body.id}`);
    expect(removed.status).toBe(200);
    expect((await asSuperadmin('GET', `${path}/${made.body.id}`)).status).toBe(404);
  });

  it('never show a password hash', async () => {
    const made = await asSuperadmin('POST', path, { ...ada, email: 'hash@holdfast.test' });
    const list = await asSuperadmin('GET', path);
    for (const { body } of [made, list]) expect(JSON.stringify(body)).not.toMatch(/argon2|hash"|password/);
  });

  it('are listed in pages, sorted and filtered', async () => {
    for (const name of ['one', 'two', 'three']) {
      await asSuperadmin('POST', path, { ...ada, email: `${name}@pages.test`, name, role: 'admin' });
    }
    const page = await asSuperadmin(
      'GET',
      `${path}?filter[role]=admin&sort=name&page[size]=2&page[number]=2`,
    );
    expect(page.body).toMatchObject({ total: 3, users: [{ name: 'two' }] });
    const newest = await asSuperadmin('GET', `${path}?page[size]=1`);
    expect(newest.body.users[0].name).toBe('three');
  });

  it.each([
    ['page[size]=201', 'page[size]'],
    ['page[size]=0', 'page[size]'],
    ['page[number]=1.5', 'page[number]'],
    ['page[other]=1', 'page[other]'],
    ['page=2', 'page'],
    ['sort=password_hash', 'sort'],
    ['sort=-', 'sort'],
    ['sort=id&sort=name', 'sort'],
    ['filter[password_hash]=x', 'filter[password_hash]'],
    ['filter[role][x]=y', 'filter[role]'],
    ['unknown=1', 'unknown'],
  ])('are not listed with ?%s', async (query, field) => {
    const { status, body } = await asSuperadmin('GET', `${path}?${query}`);
    expect([status, body.code]).toEqual([400, 'bad-input']);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it.each(['hasOwnProperty=1', 'constructor[name]=1', '__proto__[page]=1', 'toString'])(
    'are not disturbed by ?%s',
    async (query) => {
      expect((await asSuperadmin('GET', `${path}?${query}`)).status).toBeLessThan(500);
    },
  );

  it.each([
    [{}, ['email', 'name', 'password']],
    [{ ...ada, email: 'no address' }, ['email']],
    [{ ...ada, role: 'root' }, ['role']],
    [{ ...ada, role: null }, ['role']],
    [{ ...ada, password: 'short' }, ['password']],
    [{ ...ada, id: 7 }, ['id']],
    [{ ...ada, name: { first: 'Ada' } }, ['name']],
  ])('are not made from %j', async (body, fields) => {
    const answer = await asSuperadmin('POST', path, body);
    expect(answer.status).toBe(400);
    const named = new Set(answer.body.errors.map(({ field }: { field: string }) => field));
    expect([...named].sort()).toEqual(fields);
  });

  it('cannot be changed to nothing', async () => {
    const { id } = await service.createUser();
    for (const change of [{ email: null }, { name: null }, { role: null }, { password: null }]) {
      expect((await asSuperadmin('PATCH', `${path}/${id}`, change)).status).toBe(400);
    }
  });

  it('have an address each, whatever its case', async () => {
    const again = await asSuperadmin('POST', path, { ...ada, email: adminEmail.toUpperCase() });
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
    const { id } = await service.createUser();
    expect((await asSuperadmin('PATCH', `${path}/${id}`, { email: adminEmail })).status).toBe(409);
  });

  it.each(['0', '01', '+1', '1 ', '1e0', '-1', '9999999999', 'x', '1%00'])(
    'are unknown as "%s"',
    async (id) => {
      expect((await asSuperadmin('GET', `${path}/${encodeURIComponent(id)}`)).status).toBe(404);
    },
  );

  it('are nobody else’s business', async () => {
    for (const role of ['user', 'admin'] as const) {
      const { token } = await service.createUser(role);
      expect((await service.api(token)('GET', path)).status).toBe(403);
      expect((await service.api(token)('POST', path, ada)).status).toBe(403);
    }
    expect((await service.api(null)('GET', path)).status).toBe(401);
  });
});
