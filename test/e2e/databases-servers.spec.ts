import { randomBytes } from 'node:crypto';
import { type Answer, type Api, type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

describeOnServers('A server', (server) => {
  const account = `hf_${randomBytes(4).toString('hex')}`;
  const password = 'päss/wörd@:1';
  let schemas: TemporarySchema[];
  let service: RunningApp;
  let api: Api;

  const partsOf = (schema?: TemporarySchema) => {
    const { hostname, port } = new URL(server.url);
    const where = { engine: 'mysql', host: hostname, port: Number(port), user: account, password };
    return { ...where, ...(schema && { database: schema.name }) };
  };

  beforeAll(async () => {
    schemas = [await temporarySchema(server), await temporarySchema(server)];
    const { connection } = schemas[0]!;
    await connection.query(`CREATE USER '${account}'@'%' IDENTIFIED BY '${password}'`);
    for (const { name } of schemas)
      await connection.query(`GRANT SELECT, EVENT ON \`${name}\`.* TO '${account}'@'%'`);
    await connection.query(`CREATE DATABASE ${schemas[0]!.name}_holdfast_u_0123456789ab`);
    service = await startApp();
    api = await service.asSuperadmin();
  });
  afterAll(async () => {
    const { connection, name } = schemas[0]!;
    await connection.query(`DROP DATABASE ${name}_holdfast_u_0123456789ab; DROP USER '${account}'@'%'`);
    await service.stop();
    for (const schema of schemas) await schema.drop();
  });

  it('tells all its databases, and which are registered, but neither its own nor those of restores', async () => {
    const [first, second] = schemas as [TemporarySchema, TemporarySchema];
    const registered = await api('POST', '/api/databases', { name: 'first', ...partsOf(first) });
    expect(registered.status).toBe(201);
    const { status, body } = await api('POST', '/api/databases/discover', partsOf());
    expect(status).toBe(200);
    // MariaDB shows everybody a schema of this name, if there is one.
    const granted = body.databases.filter(({ name }: { name: string }) => name !== 'test');
    expect(granted).toEqual(
      [
        { name: first.name, registered_as: 'first' },
        { name: second.name, registered_as: null },
      ].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect(body.total).toBe(body.databases.length);
    const byUrl = await api('POST', '/api/databases/discover', { url: server.url });
    const names = byUrl.body.databases.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([first.name, second.name]));
    expect(names).not.toContain('information_schema');
    expect(names).not.toContain('mysql');
    expect(names.filter((name: string) => name.includes('_holdfast_u_'))).toEqual([]);
  });

  it('is said to miss the privileges that a whole backup needs, by name', async () => {
    const { body } = await api('POST', '/api/databases/first/test');
    expect(body).toMatchObject({ reachable: true, server_version: expect.any(String) });
    expect(body.missing_privileges).toEqual([
      'TRIGGER',
      server.name === 'MariaDB' ? 'SELECT on mysql.proc' : 'SHOW_ROUTINE',
      'SHOW VIEW',
    ]);
    expect(body.warnings.join(' ')).toContain('Triggers may be missing');
  });

  it('can hold the catalogue in which databases are registered', async () => {
    const catalogue = await temporarySchema(server);
    const other = await startApp({ HOLDFAST_CATALOG_URL: catalogue.url });
    try {
      const there = await other.asSuperadmin();
      const taken = await there('POST', '/api/databases', { name: 'itself', url: catalogue.url });
      expect([taken.status, taken.body.code]).toEqual([409, 'conflict']);
      const url = schemas[1]!.url;
      expect((await there('POST', '/api/databases', { name: 'Shop', url })).status).toBe(201);
      const again = await there('POST', '/api/databases', {
        name: 'shop',
        url: `sqlite:${other.folder}/x.db`,
      });
      expect([again.status, again.body.code]).toEqual([409, 'conflict']);
      expect((await there('GET', '/api/databases/shop')).status).toBe(404);
      expect(
        (await there('PATCH', '/api/databases/Shop', { max_backups: 2 })).body.database.max_backups,
      ).toBe(2);
      expect((await there('POST', '/api/databases/Shop/test')).body).toMatchObject({ success: true });
      const { body } = await there('POST', '/api/databases/Shop/backups');
      expect(body.database_backup).toMatchObject({ status: 'scheduled', started_at: null, size: null });
      let job: Answer;
      do job = await there('GET', `/api/jobs/${body.job_id}`);
      while (!['done', 'error'].includes(job.body.status));
      expect(job.body).toMatchObject({ status: 'done', error: null });
      expect((await there('GET', '/api/databases/Shop/backups')).body).toMatchObject({
        database_backups: [{ id: body.database_backup.id, status: 'done' }],
        total: 1,
      });
      expect((await there('DELETE', '/api/databases/Shop')).status).toBe(200);
    } finally {
      await other.stop();
      await catalogue.drop();
    }
  });

  it('gives nothing of the database that had a name before to the one that has it now', async () => {
    const [before, now] = [await temporarySchema(server), await temporarySchema(server)];
    try {
      for (const { connection, name } of [before, now]) {
        await connection.query(`CREATE TABLE notes (text VARCHAR(99)); INSERT INTO notes VALUES ('${name}')`);
      }
      const path = '/api/databases/again';
      const ended = async ({ body }: Answer): Promise<string> => {
        const { status } = (await api('GET', `/api/jobs/${body.job_id}`)).body;
        return ['done', 'error'].includes(status) ? status : ended({ body } as Answer);
      };
      await api('POST', '/api/databases', { name: 'again', url: before.url });
      const made = await api('POST', `${path}/backups`);
      expect(await ended(made)).toBe('done');
      const restore = `${path}/backups/${made.body.database_backup.id}/restore`;
      expect(await ended(await api('POST', restore))).toBe('done');
      const [{ id }] = (await api('GET', `${path}/undo`)).body.undos;
      expect((await api('DELETE', path)).status).toBe(200);
      await api('POST', '/api/databases', { name: 'again', url: now.url });
      const put = await api('POST', `${path}/undo/${id}/restore`);
      expect([put.status, put.body.detail]).toEqual([404, expect.stringContaining('Nothing was changed')]);
      const [rows] = await now.connection.query('SELECT text FROM notes');
      expect(rows).toEqual([{ text: now.name }]);
    } finally {
      for (const schema of [before, now]) await schema.drop();
    }
  });

  it('that refuses the password is a sentence without it', async () => {
    const wrong = { ...partsOf(), password: 'wrong-password' };
    const { status, body } = await api('POST', '/api/databases/discover', wrong);
    expect([status, body.code]).toEqual([503, 'database-unreachable']);
    expect(body.detail).toContain('refused the user name or the password');
    expect(JSON.stringify(body)).not.toContain('wrong-password');
  });
});
