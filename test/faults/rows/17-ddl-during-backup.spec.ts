import { setTimeout as sleep } from 'node:timers/promises';
import { companions, portrait } from '../../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../../support/servers.js';
import { fillTables } from '../kit/data.js';
import { MortalService } from '../kit/mortal-service.js';
import { repeat, repetitions } from '../kit/repeat.js';

const tables = 12;

/** Each comes with what undoes it. */
const changes: readonly (readonly [what: string, change: string, back: string])[] = [
  ['ADD COLUMN', 'ALTER TABLE t5 ADD COLUMN added INT DEFAULT 7', 'ALTER TABLE t5 DROP COLUMN added'],
  [
    'CREATE TABLE',
    'CREATE TABLE fresh (id INT PRIMARY KEY); INSERT INTO fresh VALUES (1)',
    'DROP TABLE fresh',
  ],
  [
    'DROP TABLE',
    'DROP TABLE spare',
    'CREATE TABLE spare (id INT PRIMARY KEY); INSERT INTO spare VALUES (1), (2)',
  ],
  ['RENAME TABLE', 'RENAME TABLE t9 TO renamed', 'RENAME TABLE renamed TO t9'],
  [
    'swap of two tables',
    'RENAME TABLE t2 TO t, t3 TO t2, t TO t3',
    'RENAME TABLE t2 TO t, t3 TO t2, t TO t3',
  ],
  ['TRUNCATE TABLE', 'TRUNCATE TABLE spare', 'INSERT INTO spare VALUES (1), (2)'],
];

describeOnServers('Row 17: the schema is changed during a backup', (server) => {
  let schema: TemporarySchema;
  let service: MortalService;

  beforeAll(async () => {
    schema = await temporarySchema(server);
    await fillTables(
      { run: async (sql) => void (await schema.connection.query(sql)) },
      { tables, rows: 150 },
    );
    await schema.connection.query(
      'CREATE TABLE spare (id INT PRIMARY KEY); INSERT INTO spare VALUES (1), (2)',
    );
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: schema.url });
  });
  afterAll(async () => {
    await service.remove();
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
  });

  const seen = () => portrait(schema.connection, schema.name);

  it('the backup fails, or holds one of the two states as a whole', async () => {
    const phases = await service.measure('/api/v1/backup');
    const lengthMs = phases.reduce((sum, phase) => sum + phase.lengthMs, 0);
    await repeat(repetitions(changes.length, 60), async ({ random, index }) => {
      const [what, change, back] = changes[index % changes.length] ?? ['', '', ''];
      const before = await seen();
      const backup = service.call('POST', '/api/v1/backup', {});
      await sleep(random.between(0, lengthMs));
      await schema.connection.query(change);
      const made = await backup;
      const after = await seen();
      let outcome: string;
      if (made.status === 200) {
        const restore = { filename: made.body.filename };
        const restored = await service.call('POST', '/api/v1/backup/restore', restore);
        expect(restored.body).toMatchObject({ success: true });
        const now = await seen();
        const isOld =
          JSON.stringify(Object.entries(now).sort()) === JSON.stringify(Object.entries(before).sort());
        if (!isOld) expect(now).toEqual(after);
        outcome = isOld ? 'as before' : 'as after';
        if (!isOld) await schema.connection.query(back);
      } else {
        const { status, code, detail } = made.body as Record<string, unknown>;
        expect({ status, code, detail }).toEqual({ status: 503, code: 'dump-failed', detail });
        await schema.connection.query(back);
        outcome = 'failed';
      }
      expect(await seen()).toEqual(before);
      return [outcome, `${what}: ${outcome}`];
    });
  }, 600_000);
});
