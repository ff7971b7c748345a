import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import type { Engine } from '../../src/engines/engine.types.js';
import { quoteName } from '../../src/engines/mysql/connection.js';
import { readJournal, setJournalState } from '../../src/engines/mysql/journal.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

/** The servers drop a schema table by table: what a crash in the middle of that leaves. */
describeOnServers('An undo that was half dropped', (server) => {
  let schema: TemporarySchema;
  let engine: Engine;
  let workFolder: string;
  let undo: string;
  let live: Record<string, string>;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-half-'));
    engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
    await createShop(schema.connection);
    const source = sourceOf(await takeDump(engine, workFolder, 'source'));
    const staged = await engine.stage(source, { id: 'first', workFolder });
    undo = await staged.swap();
    await staged.discard();
    live = await portrait(schema.connection, schema.name);
  });
  afterEach(async () => {
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  const setState = async (state: 'swapping' | 'done' | 'dropping') => {
    const journal = await readJournal(schema.connection, undo);
    if (!journal) throw new Error('no journal');
    await setJournalState(schema.connection, undo, journal, state);
  };

  /** Nothing of it is left, nothing is reported as an undo, live is as it was. */
  const expectGone = async () => {
    const report = await engine.recover({ id: 'next', workFolder });
    expect(report).toEqual({ putBack: [], broughtForward: [], undos: [] });
    expect(await companions(schema.connection, schema.name)).toEqual([]);
    expect(await portrait(schema.connection, schema.name)).toEqual(live);
  };

  it('is whole while nothing of it was dropped', async () => {
    const report = await engine.recover({ id: 'next', workFolder });
    expect(report.undos).toEqual([undo]);
  });

  it('goes when some of its tables are gone', async () => {
    await setState('dropping');
    await schema.connection.query(`SET foreign_key_checks = 0; DROP TABLE ${undo}.orders`);
    await expectGone();
  });

  it('goes when only our own tables are left and the journal is gone', async () => {
    await engine.putBack(undo, { id: 'second', workFolder });
    const kept = await companions(schema.connection, schema.name);
    undo = kept[0] ?? '';
    const tables = (await readJournal(schema.connection, undo))?.liveTables ?? [];
    const names = [...tables, '__holdfast_journal'].map((name) => `${undo}.${quoteName(name)}`);
    await schema.connection.query(`SET foreign_key_checks = 0; DROP TABLE ${names.join(', ')}`);
    await expectGone();
  });

  it('goes when its tables were put back and it was not dropped after that', async () => {
    const tables = (await readJournal(schema.connection, undo))?.liveTables ?? [];
    await schema.connection.query('SET foreign_key_checks = 0');
    for (const table of tables) await schema.connection.query(`DROP TABLE ${undo}.${quoteName(table)}`);
    await expectGone();
  });
});
