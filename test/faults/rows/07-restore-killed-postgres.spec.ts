import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../../support/postgres.js';
import { MortalService } from '../kit/mortal-service.js';
import { killSessionsOf } from '../kit/postgres-sessions.js';
import { oldOrNew } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';

const faults = [
  { name: 'SIGKILL', signal: 'SIGKILL', keepNothing: false },
  { name: 'end of its sessions', signal: null, keepNothing: false },
  { name: 'SIGKILL, keeping nothing', signal: 'SIGKILL', keepNothing: true },
  { name: 'SIGTERM', signal: 'SIGTERM', keepNothing: false },
] as const;

const application = `
  CREATE SCHEMA elsewhere;
  CREATE TYPE state AS ENUM ('new', 'done');
  CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL UNIQUE, favourite integer);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers,
    state state NOT NULL DEFAULT 'new', net numeric(12,2), gross numeric GENERATED ALWAYS AS (net * 1.25) STORED);
  ALTER TABLE customers ADD FOREIGN KEY (favourite) REFERENCES orders (id);
  CREATE TABLE elsewhere.log (at timestamptz NOT NULL, what text) PARTITION BY RANGE (at);
  CREATE TABLE elsewhere.log_2026 PARTITION OF elsewhere.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO elsewhere.log VALUES ('2026-02-03', NEW.id); RETURN NULL; END$$;
  CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note();
  CREATE VIEW best AS SELECT c.name, sum(o.gross) AS total FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1;
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM orders;
  INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 300) n;
  INSERT INTO orders (customer_id, net) SELECT 1 + n % 300, n / 7.0 FROM generate_series(1, 5000) n;
  REFRESH MATERIALIZED VIEW counted;
  SELECT lo_from_bytea(0, 'a large object')`;

const damage = `DROP VIEW IF EXISTS best; DROP TRIGGER IF EXISTS noted ON orders; DELETE FROM elsewhere.log;
  UPDATE orders SET net = 1 WHERE id < 100; CREATE TABLE IF NOT EXISTS newer (id integer PRIMARY KEY);
  ALTER TABLE customers DROP COLUMN IF EXISTS favourite`;

describeOnPostgres('Row 7: a full restore is ended at a random moment', (server) => {
  let database: TemporaryDatabase;
  let service: MortalService;

  beforeEach(async () => {
    database = await temporaryDatabase(server);
    await database.query(application);
    await database.query(`COMMENT ON DATABASE ${database.name} IS 'of the shop'`);
    await database.query(`ALTER DATABASE ${database.name} SET search_path = public, elsewhere`);
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: database.url, HOLDFAST_MAX_BACKUPS: '500' });
  });
  afterEach(async () => {
    await service.remove();
    await database.drop();
  });

  /** The whole of it as pg_dump writes it, large objects and what belongs to the database itself included. */
  const seen = async () => {
    const { stdout } = await promisify(execFile)('pg_dump', ['--create', '--dbname', database.url], {
      maxBuffer: 2 ** 26,
    });
    return { dump: stdout.replace(/^\\(un)?restrict .*$/gm, '') };
  };

  /** Resolves when what was left has been looked after: a backup holds the lock and comes after every recovery. */
  const recovered = async () => {
    for (let tries = 0; tries < 120; tries += 1) {
      const { status } = await service.call('POST', '/api/v1/backup', {});
      if (status === 200) return;
      await sleep(500);
    }
    throw new Error('No backup succeeded within a minute after the fault');
  };

  it('live is all old or all new', async () => {
    const made = await service.call('POST', '/api/v1/backup', {});
    const restore = { filename: made.body.filename as string };
    const whole = await seen();
    await database.query(damage);
    const phases = await service.measure('/api/v1/backup/restore', restore);
    expect(await seen()).toEqual(whole);

    await repeat(repetitions(3), async ({ random, index }) => {
      const { name, signal, keepNothing } = faults[index % faults.length] ?? faults[0];
      await database.query(damage);
      const damaged = await seen();
      const choice = { ...restore, keep_nothing: keepNothing };
      const job = await service.begin('/api/v1/backup/restore', choice);
      const phase = await service.jobs.randomMoment(job, random.pick(phases), random);
      if (signal === null) {
        await killSessionsOf(database.url);
        await service.jobs.end(job);
      } else {
        await service.signal(signal);
        await service.restart();
      }
      await recovered();
      const outcome = oldOrNew(await seen(), { old: damaged, new: whole });
      // Nothing of a staging is left, every undo that the server keeps is listed, and only those.
      const kept = (await database.beside('')).filter((one) => one.includes('_holdfast_u_'));
      expect(await database.beside('')).toEqual(kept);
      const { body } = await service.call('GET', '/api/v1/backup/undo');
      expect(body.total).toBe(kept.length);
      for (const { id } of body.undos) {
        expect((await service.call('DELETE', `/api/v1/backup/undo/${id}`)).status).toBe(200);
      }
      return [name, `in ${phase}`, outcome];
    });
  }, 1_800_000);
});
