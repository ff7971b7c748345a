import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

const path = '/api/v1/users';

describe('the last superadmin, with a catalogue in SQLite', () => lastSuperadmin(async () => ({})));

describeOnServers('the last superadmin, with a catalogue', (server) => {
  let schema: TemporarySchema;
  afterAll(() => schema.drop());

  lastSuperadmin(async () => {
    schema = await temporarySchema(server);
    return { HOLDFAST_CATALOG_URL: schema.url };
  });
});

function lastSuperadmin(settings: () => Promise<Record<string, string>>): void {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp(await settings());
  });
  afterAll(() => service.stop());

  it('cannot be demoted or removed, not even by themselves', async () => {
    const asSuperadmin = await service.asSuperadmin();
    const { body } = await asSuperadmin('GET', '/api/v1/auth/me');
    for (const role of ['user', 'admin']) {
      expect((await asSuperadmin('PATCH', `${path}/${body.id}`, { role })).status).toBe(409);
    }
    expect((await asSuperadmin('DELETE', `${path}/${body.id}`)).status).toBe(409);
    expect(
      (await asSuperadmin('PATCH', `${path}/${body.id}`, { role: 'superadmin', name: 'Root' })).status,
    ).toBe(200);
  });

  it('stays when two demote and remove each other at once', async () => {
    let survivor = await service.asSuperadmin();
    for (let round = 0; round < 8; round += 1) {
      const rival = await newSuperadmin(survivor, round);
      const [mine, theirs] = await Promise.all([idOf(survivor), idOf(rival)]);
      const attack = round % 2 === 0 ? demote : remove;
      await Promise.all([
        attack(survivor, theirs),
        attack(rival, mine),
        demote(survivor, theirs),
        remove(rival, mine),
      ]);

      const lists = await Promise.all(
        [survivor, rival].map(async (api) => ({
          api,
          answer: await api('GET', `${path}?filter[role]=superadmin`),
        })),
      );
      const left = lists.filter(({ answer }) => answer.status === 200);
      expect(left.map(({ answer }) => answer.body.total)).toEqual([1]);
      survivor = left[0]?.api ?? survivor;
    }
  });

  async function newSuperadmin(by: Api, round: number): Promise<Api> {
    const email = `rival-${round}@holdfast.test`;
    const password = 'a password for rivals';
    await by('POST', path, { email, password, name: 'Rival', role: 'superadmin' });
    return service.api(await service.login(email, password));
  }
}

const idOf = async (api: Api): Promise<number> => (await api('GET', '/api/v1/auth/me')).body.id;
const demote = (api: Api, id: number) => api('PATCH', `${path}/${id}`, { role: 'user' });
const remove = (api: Api, id: number) => api('DELETE', `${path}/${id}`);
