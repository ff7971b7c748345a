import { setTimeout as sleep } from 'node:timers/promises';
import { companions, createShop, portrait } from '../../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../../support/servers.js';
import { MortalService } from '../kit/mortal-service.js';
import { killSessions } from '../kit/mysql-sessions.js';
import { oldOrNew } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const faults = [
  { name: 'SIGKILL', signal: 'SIGKILL', keepNothing: false },
  { name: 'SIGTERM', signal: 'SIGTERM', keepNothing: false },
  { name: 'KILL of its sessions', signal: null, keepNothing: false },
  { name: 'SIGKILL, keeping nothing', signal: 'SIGKILL', keepNothing: true },
] as const;
const tables = 30;

describeOnServers('Row 7: a full restore is ended at a random moment', (server) => {
  let schema: TemporarySchema;
  let service: MortalService;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await createShop(schema.connection);
    // Enough tables and triggers that every phase takes its time.
    for (let i = 0; i < tables; i += 1) {
      await schema.connection.query(`CREATE TABLE t${i} (id INT PRIMARY KEY, v INT) ENGINE=InnoDB`);
      await schema.connection.query(`INSERT INTO t${i} VALUES (1, ${i}), (2, ${i})`);
      await schema.connection.query(
        `CREATE TRIGGER g${i} BEFORE INSERT ON t${i} FOR EACH ROW SET NEW.v = NEW.v + 1`,
      );
    }
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: schema.url, HOLDFAST_MAX_BACKUPS: '500' });
  });
  afterEach(async () => {
    await service.remove();
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
  });

  const seen = () => portrait(schema.connection, schema.name);
  const undos = async () =>
    (await companions(schema.connection, schema.name)).filter((name) => name.includes('_holdfast_u_'));

  const damage = () =>
    schema.connection.query(
      `DROP TRIGGER IF EXISTS g1; DROP VIEW IF EXISTS best; DELETE FROM t2; DROP EVENT IF EXISTS nightly;
       DROP TABLE IF EXISTS t3; DROP PROCEDURE IF EXISTS prune; CREATE TABLE IF NOT EXISTS newer (id INT PRIMARY KEY)`,
    );

  /** Resolves when what was left has been looked after: a backup holds the lock and comes after every recovery. */
  const recovered = async () => {
    for (let tries = 0; tries < 60; tries += 1) {
      const { status } = await service.call('POST', '/api/v1/backup', {});
      if (status === 200) return;
      await sleep(1_000);
    }
    throw new Error('No backup succeeded within a minute after the fault');
  };

  it('live is all old or all new, with views, triggers, routines and events', async () => {
    const made = await service.call('POST', '/api/v1/backup', {});
    const restore = { filename: made.body.filename as string };
    const whole = await seen();
    await damage();
    const phases = await service.measure('/api/v1/backup/restore', restore);
    expect(await seen()).toEqual(whole);

    await repeat(repetitions(4), async ({ random, index }) => {
      const { name, signal, keepNothing } = faults[index % faults.length] ?? faults[0];
      await damage();
      const damaged = await seen();
      const choice = { ...restore, keep_nothing: keepNothing };
      const job = await service.begin('/api/v1/backup/restore', choice);
      const phase = await service.jobs.randomMoment(job, random.pick(phases), random);
      if (signal === null) {
        await killSessions(schema.connection, schema.name);
        await service.jobs.end(job);
      } else {
        await service.signal(signal);
        await service.restart();
      }
      await recovered();
      const outcome = oldOrNew(await seen(), { old: damaged, new: whole });
      // Nothing of a staging is left, every undo that the server keeps is listed, and only those.
      const kept = await undos();
      expect(await companions(schema.connection, schema.name)).toEqual(kept);
      const { body } = await service.call('GET', '/api/v1/backup/undo');
      expect(body.total).toBe(kept.length);
      for (const { id } of body.undos) {
        expect((await service.call('DELETE', `/api/v1/backup/undo/${id}`)).status).toBe(200);
      }
      return [name, `in ${phase}`, outcome];
    });
  }, 1_800_000);
});
