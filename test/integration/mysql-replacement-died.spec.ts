import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import type { Engine, StagedReplacement } from '../../src/engines/engine.types.js';
import { clearSchema } from '../../src/engines/mysql/clear-schema.js';
import { beginJournal } from '../../src/engines/mysql/journal.js';
import { moveIn, tablesOf } from '../../src/engines/mysql/table-moves.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

/** What a process that keeps nothing leaves when it dies at a given point, and what the next one makes of it. */
describeOnServers('A replacement whose process died', (server) => {
  let schema: TemporarySchema;
  let engine: Engine;
  let workFolder: string;
  let staged: StagedReplacement;
  let staging: string;
  let old: Record<string, string>;
  let changed: Record<string, string>;

  const look = () => portrait(schema.connection, schema.name);

  beforeEach(async () => {
    schema = await temporarySchema(server);
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-died-'));
    engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
    await createShop(schema.connection);
    old = await look();
    const source = sourceOf(await takeDump(engine, workFolder, 'source'));
    await schema.connection.query(
      'DROP VIEW best; DROP EVENT nightly; DELETE FROM audit; CREATE TABLE later (id INT)',
    );
    changed = await look();
    const died = () => Promise.reject(new Error('died'));
    staged = await engine.stageReplacement(source, { id: 'dead', workFolder, exclusively: died });
    await expect(staged.replace()).rejects.toThrow('died');
    staging = `${schema.name}_holdfast_s_dead`;
  });
  afterEach(async () => {
    await staged.discard();
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  const decide = async () => {
    const { connection, name: live } = schema;
    const incomingTables = await tablesOf(connection, staging);
    await beginJournal(connection, staging, { state: 'replacing', live, incomingTables });
    return incomingTables;
  };

  const recover = async () => {
    const report = await engine.recover({ id: 'next', workFolder });
    expect(await companions(schema.connection, schema.name)).toEqual([]);
    return report.broughtForward;
  };

  it('before the journal leaves live as it was', async () => {
    expect(await recover()).toEqual([]);
    expect(await look()).toEqual(changed);
  });

  it('after the journal is brought to its end', async () => {
    await decide();
    expect(await recover()).toEqual([staging]);
    expect(await look()).toEqual(old);
  });

  it('while live was dropped is brought to its end', async () => {
    await decide();
    await schema.connection.query('SET foreign_key_checks = 0; DROP TABLE orders; DROP VIEW totals');
    expect(await recover()).toEqual([staging]);
    expect(await look()).toEqual(old);
  });

  it('after the tables moved, and before triggers, views and routines, keeps the tables and adds the rest', async () => {
    const tables = await decide();
    await clearSchema(schema.connection, schema.name, tables);
    await moveIn(schema.connection, staging, schema.name, tables);
    await schema.connection.query('CREATE PROCEDURE prune() SELECT 1');
    expect(await recover()).toEqual([staging]);
    expect(await look()).toEqual(old);
  });

  it('of another database is left alone', async () => {
    const live = 'somebody_else';
    await beginJournal(schema.connection, staging, { state: 'replacing', live, incomingTables: [] });
    const report = await engine.recover({ id: 'next', workFolder });
    expect(report.broughtForward).toEqual([]);
    expect(await look()).toEqual(changed);
    expect(await companions(schema.connection, schema.name)).toEqual([staging]);
  });
});
