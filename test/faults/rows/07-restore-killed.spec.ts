import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { companions, createShop, portrait } from '../factories/shop.js';
import { ServiceProcess } from '../support/service-process.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

/** `HOLDFAST_FAULT_REPETITIONS=50` for the long form. */
const repetitions = Number(process.env['HOLDFAST_FAULT_REPETITIONS'] ?? 6);
const tables = 40;

const faults = ['SIGKILL', 'SIGTERM', 'cut connections'] as const;

describeOnServers('A restore that is ended at a random moment', (server) => {
  let schema: TemporarySchema;
  let folder: string;
  let service: ServiceProcess;

  const start = () =>
    ServiceProcess.start(folder, { HOLDFAST_DATABASE_URL: schema.url, HOLDFAST_SHUTDOWN_SECONDS: '0' });

  beforeEach(async () => {
    schema = await temporarySchema(server);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-killed-'));
    await createShop(schema.connection);
    // Enough tables and triggers that every phase takes its time.
    for (let i = 0; i < tables; i += 1) {
      await schema.connection.query(`CREATE TABLE t${i} (id INT PRIMARY KEY, v INT) ENGINE=InnoDB`);
      await schema.connection.query(`INSERT INTO t${i} VALUES (1, ${i}), (2, ${i})`);
      await schema.connection.query(
        `CREATE TRIGGER g${i} BEFORE INSERT ON t${i} FOR EACH ROW SET NEW.v = NEW.v + 1`,
      );
    }
    service = await start();
  });

  afterEach(async () => {
    await service.kill();
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Ends every connection of the service that works with the schema or its companions. */
  const cutConnections = async () => {
    const [rows] = await schema.connection.query(
      'SELECT id FROM information_schema.processlist WHERE db LIKE ? AND id <> CONNECTION_ID()',
      [`${schema.name}%`],
    );
    for (const { id } of rows as { id: number }[]) {
      await schema.connection.query(`KILL ${id}`).catch(() => undefined);
    }
  };

  /** Resolves when the new start has looked after what the old one left. */
  const recovered = async () => {
    for (let tries = 0; tries < 300; tries += 1) {
      const [jobs] = await schema.connection.query(
        `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?`,
        [`${schema.name}\\_holdfast\\_s\\_%`],
      );
      if ((jobs as unknown[]).length === 0) return;
      await sleep(100);
    }
    throw new Error('The staging schema was not swept');
  };

  it.each(faults)(
    `leaves the database all old or all new (%s, ${repetitions} times)`,
    async (fault) => {
      const made = await service.call('POST', '/api/v1/backup', {});
      const { filename } = made?.body as { filename: string };
      const old = await portrait(schema.connection, schema.name);
      await schema.connection.query(
        'DROP TRIGGER g1; DROP VIEW best; DELETE FROM t2; DROP EVENT nightly; DROP TABLE t3',
      );
      let damaged = await portrait(schema.connection, schema.name);

      const whole = Date.now();
      await service.call('POST', '/api/v1/backup/restore', { filename });
      const lengthMs = Date.now() - whole;
      expect(await portrait(schema.connection, schema.name)).toEqual(old);

      const outcomes = { old: 0, new: 0 };
      for (let i = 0; i < repetitions; i += 1) {
        await schema.connection.query(
          'DROP TRIGGER IF EXISTS g1; DROP VIEW IF EXISTS best; DELETE FROM t2; DROP EVENT IF EXISTS nightly; DROP TABLE IF EXISTS t3',
        );
        damaged = await portrait(schema.connection, schema.name);
        const restore = service.call('POST', '/api/v1/backup/restore', { filename });
        await sleep(Math.random() * lengthMs * 1.1);
        if (fault === 'cut connections') await cutConnections();
        else await service.kill(fault);
        await restore;
        if (fault !== 'cut connections') service = await start();
        await recovered();
        // Under the lock of a backup everything that was interrupted has been looked after.
        const next = await service.call('POST', '/api/v1/backup', {});
        expect(next?.status).toBe(200);
        const now = await portrait(schema.connection, schema.name);
        const isNew = now['trigger g1'] !== undefined;
        expect(now).toEqual(isNew ? old : damaged);
        outcomes[isNew ? 'new' : 'old'] += 1;
        expect(
          (await companions(schema.connection, schema.name)).filter((name) => !/_holdfast_u_/.test(name)),
        ).toEqual([]);
      }
      expect(outcomes.old + outcomes.new).toBe(repetitions);

      // Every undo that the server keeps is listed, and nothing of the dead processes is left in the working folder.
      const listed = await service.call('GET', '/api/v1/backup/undo');
      expect((listed?.body as { total: number }).total).toBe(
        (await companions(schema.connection, schema.name)).length,
      );
      expect(await readdir(join(folder, 'data', 'work')).catch(() => [])).toEqual([]);
    },
    600_000,
  );
});
