import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { type RunningApp, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';
import { companions, createShop, portrait } from '../factories/shop.js';

describeOnServers('a full backup by HTTP', (server) => {
  let schema: TemporarySchema;
  let app: RunningApp | undefined;
  let before: Record<string, string>;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await createShop(schema.connection);
    before = await portrait(schema.connection, schema.name);
  });

  afterEach(async () => {
    await app?.stop();
    app = undefined;
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
  });

  const start = async (settings: Record<string, string> = {}) => {
    app = await startApp({ HOLDFAST_DATABASE_URL: schema.url, ...settings });
    return app.asSuperadmin();
  };

  const damage = async () => {
    await schema.connection.query(
      'SET foreign_key_checks=0; DROP VIEW best, totals; DROP TRIGGER orders_audit; DROP FUNCTION vat; DROP EVENT nightly; ' +
        'DELETE FROM customers WHERE id = 1; UPDATE orders SET net = 99; DROP TABLE audit; SET foreign_key_checks=1',
    );
  };

  it.each(['none', 'gzip', 'zstd'])(
    'restores tables, views, triggers, routines and events (%s)',
    async (compression) => {
      const api = await start({ HOLDFAST_COMPRESSION: compression });
      const made = await api('POST', '/api/v1/backup', { description: 'before' });
      expect(made.status).toBe(200);
      await damage();
      const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
      expect(restored.status).toBe(200);
      expect(await portrait(schema.connection, schema.name)).toEqual(before);
      expect(await companions(schema.connection, schema.name)).toHaveLength(1);
      // The triggers work, and the foreign keys hold.
      await schema.connection.query(
        "INSERT INTO orders (customer_id, net, placed_at) VALUES (2, 1, '2026-01-01')",
      );
      await expect(schema.connection.query('UPDATE orders SET parent_id = 4711')).rejects.toThrow(
        /foreign key/i,
      );
    },
  );

  it.each(['none', 'gzip', 'zstd'])(
    'is plain SQL that the client restores with nothing of ours (%s)',
    async (compression) => {
      const api = await start({ HOLDFAST_COMPRESSION: compression });
      const made = await api('POST', '/api/v1/backup');
      const empty = await temporarySchema(server);
      try {
        const unpack = { none: ['cat'], gzip: ['gunzip', '-c'], zstd: ['zstd', '-q', '-d', '-c'] }[
          compression
        ] as string[];
        const address = new URL(server.url);
        const client = [
          'mysql',
          '--no-defaults',
          '--comments',
          '-h127.0.0.1',
          `-P${address.port}`,
          `-u${address.username}`,
        ];
        const [program, ...args] = unpack;
        const sql = await execa(program as string, [...args, made.body.backup.filepath], {
          encoding: 'buffer',
        });
        await execa(client[0] as string, [...client.slice(1), empty.name], {
          input: sql.stdout,
          env: { MYSQL_PWD: decodeURIComponent(address.password) },
        });
        expect(await portrait(empty.connection, empty.name)).toEqual(before);
      } finally {
        await empty.drop();
      }
    },
  );

  it('keeps what it replaced, also tables that the backup does not know, and puts it back', async () => {
    const api = await start();
    const made = await api('POST', '/api/v1/backup');
    await damage();
    await schema.connection.query(
      'CREATE TABLE newer (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO newer VALUES (1)',
    );
    const damaged = await portrait(schema.connection, schema.name);
    const { body } = await api('POST', `/api/v1/backup/${made.body.filename}/restore`);
    expect(body).toMatchObject({ success: true });
    expect(body.restore.notes).toEqual([
      'The table newer is not in the backup; it is kept in the undo only.',
    ]);
    expect(await portrait(schema.connection, schema.name)).toEqual(before);

    const back = await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
    expect(back.status).toBe(200);
    expect(await portrait(schema.connection, schema.name)).toEqual(damaged);
    const again = await api('POST', `/api/v1/backup/undo/${back.body.undo.id}/restore`);
    expect(again.status).toBe(200);
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
    expect(await companions(schema.connection, schema.name)).toHaveLength(1);

    const used = await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
    expect(used.status).toBe(404);
    const dropped = await api('DELETE', `/api/v1/backup/undo/${again.body.undo.id}`);
    expect(dropped.status).toBe(200);
    expect(await companions(schema.connection, schema.name)).toEqual([]);
  });

  it('is restored where a parent table was dropped, and the undo has no hold on the live tables', async () => {
    const api = await start();
    const made = await api('POST', '/api/v1/backup');
    await schema.connection.query(
      'SET foreign_key_checks=0; DROP VIEW best; DROP TABLE customers; SET foreign_key_checks=1',
    );
    const damaged = await linesOf(schema);
    const { body } = await api('POST', `/api/v1/backup/${made.body.filename}/restore`);
    expect(body.success).toBe(true);
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
    await schema.connection.query('DELETE FROM customers WHERE id = 3');

    // A backup of the damaged database keeps the foreign key whose parent is missing, under the right name.
    const back = await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
    expect(back.body.success).toBe(true);
    expect(await linesOf(schema)).toEqual(damaged);
    const second = await api('POST', '/api/v1/backup');
    await schema.connection.query('DELETE FROM audit');
    expect((await api('POST', `/api/v1/backup/${second.body.filename}/restore`)).body.success).toBe(true);
    expect(await linesOf(schema)).toEqual(damaged);
  });

  it('leaves accounts what they may do with single routines', async () => {
    const user = `'hr_${schema.name.slice(-8)}'@'%'`;
    await schema.connection.query(`CREATE USER ${user} IDENTIFIED BY 'a password'`);
    await schema.connection.query(`GRANT EXECUTE ON FUNCTION ${schema.name}.vat TO ${user}`);
    const grants = async () => (await schema.connection.query(`SHOW GRANTS FOR ${user}`))[0];
    const given = await grants();
    try {
      const api = await start();
      const made = await api('POST', '/api/v1/backup');
      const { body } = await api('POST', `/api/v1/backup/${made.body.filename}/restore`);
      expect(body.restore.notes).toEqual([]);
      expect(await grants()).toEqual(given);
      await api('POST', `/api/v1/backup/undo/${body.restore.undo_id}/restore`);
      expect(await grants()).toEqual(given);
    } finally {
      await schema.connection.query(`DROP USER ${user}`);
    }
  });

  it('of an empty database is valid, and restores to an empty database', async () => {
    const empty = await temporarySchema(server);
    app = await startApp({ HOLDFAST_DATABASE_URL: empty.url });
    try {
      const api = await app.asSuperadmin();
      const made = await api('POST', '/api/v1/backup');
      expect(made.status).toBe(200);
      expect(made.body.size).toBeGreaterThan(0);
      await createShop(empty.connection);
      const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
      expect(restored.status).toBe(200);
      expect(await portrait(empty.connection, empty.name)).toEqual({});
      const back = await api('POST', `/api/v1/backup/undo/${restored.body.restore.undo_id}/restore`);
      expect(back.status).toBe(200);
      expect(await portrait(empty.connection, empty.name)).toEqual(before);
      await api('DELETE', `/api/v1/backup/undo/${back.body.undo.id}`);
    } finally {
      await empty.drop();
    }
  });

  it('waits while another one runs; a restore meanwhile is refused', async () => {
    const api = await start();
    const first = await api('POST', '/api/v1/backup');
    const backups = [1, 2, 3].map(() => api('POST', '/api/v1/backup'));
    const restore = api('POST', '/api/v1/backup/restore', { filename: first.body.filename });
    const answers = await Promise.all(backups);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.filename)).size).toBe(3);
    expect([200, 409]).toContain((await restore).status);
    const running = api('POST', '/api/v1/backup');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const refused = await api('POST', '/api/v1/backup/restore', { filename: first.body.filename });
    expect(refused.status).toBe(409);
    expect(refused.body.code).toBe('database-busy');
    expect((await running).status).toBe(200);
  });

  it('writes a manifest that says what is in it', async () => {
    const api = await start();
    const { body } = await api('POST', '/api/v1/backup', { description: 'for the record' });
    const manifest = JSON.parse(await readFile(`${body.backup.filepath}.manifest.json`, 'utf8'));
    expect(manifest).toMatchObject({
      format_version: 1,
      filename: body.filename,
      sha256: body.backup.sha256,
      size: body.size,
      description: 'for the record',
      engine: 'mysql',
    });
    const orders = { name: 'orders', rows: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(manifest.contents.tables).toContainEqual(orders);
    expect(manifest.contents.views).toEqual(['best', 'totals']);
    expect(manifest.contents.triggers).toEqual(['customers_trim', 'orders_audit']);
    expect(manifest.contents.events).toEqual(['nightly']);
  });

  it('leaves out a broken view, and says so', async () => {
    await schema.connection.query('DROP FUNCTION vat');
    const api = await start();
    const { status, body } = await api('POST', '/api/v1/backup');
    expect(status).toBe(200);
    expect(body.backup.warnings).toEqual(
      ['best', 'totals'].map((view) => expect.stringContaining(`The view ${view} is broken`)),
    );
    expect((await api('POST', '/api/v1/backup/restore', { filename: body.filename })).status).toBe(200);
  });

  it('keeps the newest N', async () => {
    const api = await start({ HOLDFAST_MAX_BACKUPS: '2' });
    const names = [];
    for (let i = 0; i < 4; i += 1) names.push((await api('POST', '/api/v1/backup')).body.filename);
    const { body } = await api('GET', '/api/v1/backup');
    expect(body.backups.map(({ filename }: { filename: string }) => filename)).toEqual([names[3], names[2]]);
  });
});

/** A key that was taken off and put on again stands last in its table; the order of keys is not what is restored. */
async function linesOf({ connection, name }: TemporarySchema): Promise<string[]> {
  const seen = await portrait(connection, name);
  return Object.entries(seen)
    .flatMap(([what, text]) => text.split('\n').map((line) => `${what}: ${line.replace(/,$/, '')}`))
    .sort();
}
