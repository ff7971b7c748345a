import { ProjectBackups } from '../factories/project-backups.js';
import { type RunningApp, startApp } from '../support/app.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

const application = `
  CREATE TYPE state AS ENUM ('new', 'done');
  CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE);
  CREATE TABLE projects (id serial PRIMARY KEY, name varchar(100) NOT NULL, settings jsonb);
  CREATE TABLE areas (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE, tags text[], span int4range, state state);
  CREATE TABLE strings (id uuid PRIMARY KEY, area_id integer NOT NULL REFERENCES areas ON DELETE CASCADE,
    parent_id uuid REFERENCES strings ON DELETE CASCADE, body bytea, amount numeric,
    made timestamptz NOT NULL DEFAULT now(), author integer REFERENCES users ON DELETE SET NULL);
  CREATE TABLE log (n bigserial PRIMARY KEY, what text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO log (what) VALUES ('user'); RETURN NULL; END$$;
  CREATE TRIGGER noted AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note();
  INSERT INTO users (email) VALUES ('a@x.test'), ('b@x.test');
  INSERT INTO projects (name, settings) VALUES ('Atlas', '{"a": [1, 2]}'), ('Borealis', NULL);
  INSERT INTO areas (project_id, tags, span, state) SELECT 1 + n % 2, ARRAY['t', n::text], int4range(n, n + 5), 'done'
    FROM generate_series(1, 20) n;
  INSERT INTO strings SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 20, NULL,
    decode(lpad(to_hex(n), 8, '0'), 'hex'), n / 7.0, now(), 1 + n % 2 FROM generate_series(1, 2000) n;
  UPDATE strings s SET parent_id = p.id FROM strings p WHERE p.area_id = s.area_id AND p.amount < 3 AND s.amount > 3
    AND p.amount = (SELECT min(amount) FROM strings WHERE area_id = s.area_id)`;

describeOnPostgres('The whole service', (server) => {
  let database: TemporaryDatabase;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeEach(async () => {
    database = await temporaryDatabase(server);
    await database.query(application);
    service = await startApp({ HOLDFAST_DATABASE_URL: database.url });
    backups = await ProjectBackups.of(service);
  });
  afterEach(async () => {
    await service.stop();
    await database.drop();
  });

  const content = async (where: 'of 1' | 'of others' | 'all') => {
    const condition = { 'of 1': '= 1', 'of others': '<> 1', all: 'IS NOT NULL' }[where];
    const each = await Promise.all(
      [
        `SELECT t::text FROM projects t WHERE id ${condition}`,
        `SELECT t::text FROM areas t WHERE project_id ${condition}`,
        `SELECT t::text FROM strings t JOIN areas a ON a.id = t.area_id WHERE a.project_id ${condition}`,
        ...(where === 'of 1' ? [] : ['SELECT t::text FROM users t', 'SELECT t::text FROM log t']),
      ].map((sql) => database.query(sql)),
    );
    return each.map((rows) => rows.map(String).sort());
  };

  it('brings one project back, touches nobody else, and fires no trigger', async () => {
    const before = await content('of 1');
    const { filename } = await backups.create(1);
    await database.query(`DELETE FROM areas WHERE project_id = 1 AND id < 12;
      UPDATE strings SET body = NULL, amount = NULL WHERE area_id = 14;
      UPDATE projects SET name = 'since'; UPDATE areas SET state = 'new' WHERE id = 18`);
    const others = await content('of others');

    const { status, body } = await backups.restore(1, filename);

    expect({ status, body: status === 200 ? {} : (body as unknown) }).toEqual({ status: 200, body: {} });
    expect(await content('of 1')).toEqual(before);
    expect(await content('of others')).toEqual(others);
  });

  it('brings a project back that is gone with everything', async () => {
    const before = await content('of 1');
    const { filename } = await backups.create(1);
    await database.query('DELETE FROM projects WHERE id = 1');
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await content('of 1')).toEqual(before);
  });

  it('brings the whole database back, and what the restore replaced', async () => {
    const api = await service.asSuperadmin();
    const before = await content('all');
    const made = await api('POST', '/api/v1/backup', {});
    expect(made.status).toBe(200);
    const { filename } = made.body as { filename: string };
    await database.query(`DROP TABLE strings; UPDATE projects SET name = 'since'; DROP TYPE state CASCADE`);

    const restored = await api('POST', '/api/v1/backup/restore', { filename });

    expect(restored.status).toBe(200);
    expect(await content('all')).toEqual(before);
    expect(await database.query(`INSERT INTO areas (project_id) VALUES (1) RETURNING id`)).toEqual([['21']]);
  });
});
