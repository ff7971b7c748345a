import { mkdtemp, open, rm, truncate, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import type { Engine, RestoreSource } from '../../src/engines/engine.types.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { refusal } from '../contract/suites/prepared-database.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { OwnServer, serverPrograms } from '../faults/kit/own-server.js';
import { type TemporarySchema, temporarySchema } from '../support/servers.js';

const kills = 4;
const program = serverPrograms().find(({ name }) => name === 'MariaDB')?.program ?? null;
const describeWhereInstalled = program ? describe : describe.skip;

describeWhereInstalled('A database whose files are broken (skipped without mariadbd)', () => {
  let server: OwnServer;
  let schema: TemporarySchema;
  let engine: Engine;
  let workFolder: string;
  let source: RestoreSource;
  let old: Record<string, string>;

  beforeAll(async () => {
    if (program) server = await OwnServer.start(program);
  });
  afterAll(() => server.remove());

  beforeEach(async () => {
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-broken-'));
    schema = await temporarySchema(server);
    engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
    await createShop(schema.connection);
    await schema.connection.query('CREATE TABLE plain (id INT PRIMARY KEY) ENGINE=MyISAM');
    await schema.connection.query('INSERT INTO plain VALUES (1), (2)');
    for (let i = 0; i < 20; i += 1) {
      await schema.connection.query(`CREATE TABLE t${i} (id INT PRIMARY KEY, v TEXT) ENGINE=InnoDB`);
      await schema.connection.query(`INSERT INTO t${i} SELECT seq, REPEAT('x', 500) FROM seq_1_to_200`);
      await schema.connection.query(
        `CREATE TRIGGER g${i} BEFORE INSERT ON t${i} FOR EACH ROW SET NEW.v = ''`,
      );
    }
    old = await portrait(schema.connection, schema.name);
    source = sourceOf(await takeDump(engine, workFolder, 'source'));
  }, 120_000);

  // Files that the server lost sight of cannot be dropped: they go with the server's folder.
  afterEach(async () => {
    schema.connection.destroy();
    await rm(workFolder, { recursive: true, force: true });
  });

  const reconnect = async () => {
    schema.connection.destroy();
    const { connection } = await temporarySchema(server);
    schema = { ...schema, connection };
    await connection.query(`USE ${schema.name}`);
  };

  /** Files that are gone, cut off and overwritten; the server knows nothing of it until it starts again. */
  const breakFiles = async () => {
    await server.signal('SIGTERM');
    const files = server.filesOf(schema.name);
    await unlink(join(files, 'orders.ibd'));
    await unlink(join(files, 'plain.MYD'));
    await unlink(join(files, 't1.frm'));
    await truncate(join(files, 't2.frm'), 10);
    const pages = await open(join(files, 't3.ibd'), 'r+');
    await pages.write(Buffer.alloc(40_000, 0xee), 0, 40_000, 3 * 16_384);
    await pages.close();
    await server.startAgain();
    await reconnect();
  };

  const replace = async (id: string) => {
    const staged = await engine.stageReplacement(source, { id, workFolder });
    try {
      await staged.replace();
    } finally {
      await staged.discard();
    }
  };

  it('is refused by a restore that would keep it, which names the tables and the way out', async () => {
    await breakFiles();
    const refused = engine.stage(source, { id: 'kept', workFolder });
    await expect(refused).rejects.toEqual(
      refusal(['database-refused'], /orders \(.*plain \(.*t2 \(.*t3 \(.*keep_nothing.*Nothing was changed/),
    );
    expect(await companions(schema.connection, schema.name)).toEqual([]);
    const [rows] = await schema.connection.query('SELECT COUNT(*) AS n FROM customers');
    expect(rows).toEqual([{ n: '3' }]);
  });

  it('is all new when nothing of it is to be kept', async () => {
    await breakFiles();
    await replace('new1');
    expect(await portrait(schema.connection, schema.name)).toEqual(old);
    expect(await companions(schema.connection, schema.name)).toEqual([]);
  });

  it(`is all new after the server was killed at a random moment of it (${kills} times)`, async () => {
    await breakFiles();
    const began = performance.now();
    await replace('whole');
    const lengthMs = performance.now() - began;
    for (let i = 0; i < kills; i += 1) {
      await schema.connection.query('DROP TABLE t4; DROP VIEW best; DROP EVENT nightly; DELETE FROM t5');
      const broken = await portrait(schema.connection, schema.name);
      const staged = await engine.stageReplacement(source, { id: `kill${i}`, workFolder });
      const replacing = staged.replace().then(
        () => true,
        () => false,
      );
      await sleep(Math.random() * lengthMs * 0.5);
      await server.signal('SIGKILL');
      await server.startAgain();
      await reconnect();
      const ended = await replacing;
      await staged.discard();

      await engine.recover({ id: `after${i}`, workFolder });
      const now = await portrait(schema.connection, schema.name);
      // Killed before the journal said that live goes, it is as it was, and the caller was told.
      const untouched = !ended && now['rows of t4'] === undefined;
      expect(now).toEqual(untouched ? broken : old);
      expect(await companions(schema.connection, schema.name)).toEqual([]);
      if (untouched) await replace(`again${i}`);
    }
  }, 300_000);
});
