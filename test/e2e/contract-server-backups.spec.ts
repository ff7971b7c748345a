import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demoStatements } from '../../src/databases/demo-statements.js';
import { type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

const base = '/api/v1/backup';

describeOnServers('full backups of a server', (server) => {
  let schema: TemporarySchema;
  let service: RunningApp;
  beforeAll(async () => {
    schema = await temporarySchema(server);
    for (const statement of demoStatements('mysql')) await schema.connection.query(statement);
    service = await startApp({ HOLDFAST_DATABASE_URL: schema.url });
  });
  afterAll(async () => {
    await service.stop();
    await schema.drop();
  });

  it('are SQL files made by a dump tool that the status names', async () => {
    const api = await service.asSuperadmin();
    const { status, body } = await api('POST', base);
    expect(status).toBe(200);
    expect(body.filename).toMatch(/^backup_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.sql$/);
    expect(existsSync(body.backup.filepath)).toBe(true);
    expect(dirname(body.backup.filepath)).toBe(join(service.folder, 'backups', 'full'));
    const { system_status } = (await api('GET', `${base}/status`)).body;
    expect(system_status).toMatchObject({
      mysqldump_available: true,
      database_reachable: true,
      problems: [],
    });
    expect(system_status.dump_tool).toMatch(/dump/);

    const download = await api('GET', `${base}/${body.filename}/download`);
    expect(download.headers.get('content-type')).toMatch(/^application\/sql/);
    expect(download.body).toContain('Fresh from the harbour');
  });

  it('do not wait for a lock on a table of another schema', async () => {
    const api = await service.asSuperadmin();
    // To know its place in the binary log, MySQL's own dump tool flushes the tables of the whole server.
    const paths = ['/api/v1/projects/1/backup', ...(server.name === 'MariaDB' ? [base] : [])];
    const other = await temporarySchema(server);
    const reader = await temporarySchema(server);
    try {
      await other.connection.query('CREATE TABLE t (id INT PRIMARY KEY)');
      await reader.connection.query(`START TRANSACTION; SELECT * FROM ${other.name}.t`);
      // Waits for the reader, and whoever opens that table now waits for this.
      const alter = other.connection.query('ALTER TABLE t ADD more INT');
      for (const path of paths) expect([path, (await api('POST', path)).status]).toEqual([path, 200]);
      await reader.connection.query('COMMIT');
      await alter;
    } finally {
      await reader.drop();
      await other.drop();
    }
  });
});
