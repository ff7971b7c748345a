import { randomBytes } from 'node:crypto';
import { ProjectBackups } from '../factories/project-backups.js';
import { type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

const application = `
  CREATE TABLE users (id integer PRIMARY KEY, email citext NOT NULL UNIQUE);
  CREATE TABLE projects (id integer PRIMARY KEY, name text NOT NULL);
  CREATE TABLE pages (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text,
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE, author integer REFERENCES users);
  CREATE VIEW titles AS SELECT name FROM projects;
  INSERT INTO users VALUES (1, 'Ada@x.test');
  INSERT INTO projects VALUES (1, 'Atlas'), (2, 'Borealis');
  INSERT INTO pages (body, project_id, author) SELECT 'page ' || n, 1 + n % 2, 1 FROM generate_series(1, 40) n`;

describeOnPostgres('A database user that is no superuser', (server) => {
  const role = `holdfast_role_${randomBytes(4).toString('hex')}`;
  let database: TemporaryDatabase;
  let service: RunningApp;
  let api: Api;

  /** The database belongs to the role; what follows the role's name is what it has besides. */
  async function start(attributes: string): Promise<void> {
    database = await temporaryDatabase(server);
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'it''s: a \\ secret' ${attributes}`);
    await database.query(`ALTER DATABASE ${database.name} OWNER TO ${role}`);
    await database.query(`SET ROLE ${role}; CREATE EXTENSION citext; ${application}; RESET ROLE`);
    await database.disconnect();
    const url = new URL(database.url);
    url.username = role;
    url.password = encodeURIComponent(`it's: a \\ secret`);
    service = await startApp({ HOLDFAST_DATABASE_URL: url.href });
    api = await service.asSuperadmin();
  }
  afterEach(async () => {
    await service.stop();
    await database.query(`DROP OWNED BY ${role} CASCADE`);
    await database.drop();
    const admin = await temporaryDatabase(server);
    await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await admin.drop();
  });

  /** As a superuser, whose session the role could not end: it does not stay. */
  const asSuperuser = async (sql: string) => {
    const rows = await database.query(sql);
    await database.disconnect();
    return rows;
  };
  const content = () =>
    asSuperuser('SELECT p.*, u.email FROM pages p JOIN users u ON u.id = p.author ORDER BY 1');
  const missing = async () => (await api('POST', '/api/databases/default/test')).body.missing_privileges;

  it('who owns the database and has CREATEDB backs it up, restores it, and puts back what that replaced', async () => {
    await start('CREATEDB');
    expect(await missing()).toEqual(['SET ON PARAMETER session_replication_role']);
    const whole = await content();
    const { filename } = (await api('POST', '/api/v1/backup', {})).body;
    await asSuperuser(
      `DELETE FROM pages WHERE id < 30; DROP VIEW titles; INSERT INTO users VALUES (2, 'Bo@x.test')`,
    );
    const damaged = await content();

    const restored = await api('POST', '/api/v1/backup/restore', { filename });
    expect([restored.status, restored.body.detail]).toEqual([200, undefined]);
    expect(await content()).toEqual(whole);
    expect(await asSuperuser('SELECT count(*) FROM titles')).toEqual([['2']]);

    const [undo] = (await api('GET', '/api/v1/backup/undo')).body.undos;
    expect((await api('POST', `/api/v1/backup/undo/${undo.id}/restore`, {})).status).toBe(200);
    expect(await content()).toEqual(damaged);
  });

  it('may restore projects when it may set session_replication_role, and hears of it when it may not', async () => {
    await start('CREATEDB');
    const backups = await ProjectBackups.of(service);
    const whole = await content();
    const { filename } = await backups.create(1);
    await asSuperuser('DELETE FROM pages WHERE project_id = 1 AND id < 20');

    const refused = await backups.restore(1, filename);
    expect([refused.status, refused.body.detail]).toEqual([
      expect.any(Number),
      expect.stringContaining('GRANT SET ON PARAMETER session_replication_role'),
    ]);
    await asSuperuser(`GRANT SET ON PARAMETER session_replication_role TO ${role}`);
    expect(await missing()).toEqual([]);
    expect((await backups.restore(1, filename)).status).toBe(200);
    expect(await content()).toEqual(whole);
  });

  it('is told by name what it lacks', async () => {
    await start('NOCREATEDB');
    await database.query(`CREATE SCHEMA theirs; CREATE TABLE theirs.notes (id integer); ALTER TABLE users ENABLE ROW LEVEL SECURITY;
      ALTER TABLE users FORCE ROW LEVEL SECURITY`);
    const replication = 'SET ON PARAMETER session_replication_role';
    const lacking = ['USAGE', 'SELECT', 'BYPASSRLS', 'CREATEDB', 'pg_signal_backend', replication];
    expect(await missing()).toEqual(lacking);
    const refused = await api('POST', '/api/v1/backup', {});
    expect([refused.status, refused.body.code]).toEqual([expect.any(Number), 'dump-failed']);

    await database.query(`DROP SCHEMA theirs CASCADE; ALTER TABLE users DISABLE ROW LEVEL SECURITY`);
    const { filename } = (await api('POST', '/api/v1/backup', {})).body;
    const whole = await content();
    const restored = await api('POST', '/api/v1/backup/restore', { filename });
    expect([restored.body.code, restored.body.detail]).toEqual([
      'database-refused',
      expect.stringContaining('CREATEDB'),
    ]);
    expect(await content()).toEqual(whole);
    expect(await database.beside('')).toEqual([]);
  });
});
