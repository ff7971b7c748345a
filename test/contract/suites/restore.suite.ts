import type { ContractHarness } from '../harness.types.js';
import { sourceOf, takeDump } from '../artefact.js';
import { contentOf } from '../fixture.js';
import { preparedDatabase, refusal } from './prepared-database.js';

export function restoreSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const content = () => contentOf(prepared.database, harness.quote);

  const backUp = async (id: string) =>
    sourceOf(await takeDump(prepared.database.engine, prepared.workFolder, id));

  const restore = async (source: ReturnType<typeof sourceOf>, id: string) => {
    const staged = await prepared.database.engine.stage(source, { id, workFolder: prepared.workFolder });
    const undo = await staged.swap();
    await staged.discard();
    return { undo, notes: staged.notes };
  };

  const damage = async () => {
    await prepared.database.exec(`DELETE FROM translations WHERE locale = 'en'`);
    await prepared.database.exec(`UPDATE areas SET name = 'lost' WHERE id = 10`);
    await prepared.database.exec('DROP TABLE terms');
    await prepared.database.exec('DROP VIEW area_names');
    await prepared.database.exec('DROP TRIGGER area_added');
  };

  it('a dump says what is in it', async () => {
    const { contents } = await backUp('says');
    expect(contents.tables).toContainEqual(expect.objectContaining({ name: 'terms', rows: 6 }));
    expect(contents.tables).toHaveLength(7);
    expect(contents.views).toEqual(['area_names']);
    expect(contents.triggers).toEqual(['area_added']);
  });

  it('a restore brings every row back, with view and trigger', async () => {
    const before = await content();
    const source = await backUp('rows1');
    await damage();
    expect(await content()).not.toEqual(before);

    await restore(source, 'rows2');

    expect(await content()).toEqual(before);
    expect(await prepared.database.query('SELECT name FROM area_names')).toHaveLength(3);
    await prepared.database.exec(`INSERT INTO areas VALUES (12, 1, 'triggered')`);
    expect(await prepared.database.query('SELECT entry FROM journal WHERE entry = 12')).toHaveLength(1);
  });

  it('an empty database can be backed up and restored', async () => {
    const { database, workFolder } = prepared;
    const empty = await harness.createDatabase();
    try {
      const artefact = await takeDump(empty.engine, workFolder, 'empty1');
      expect(artefact.contents).toMatchObject({ tables: [], views: [], triggers: [], routines: [] });

      const staged = await database.engine.stage(sourceOf(artefact), { id: 'empty2', workFolder });
      await staged.swap();
      await staged.discard();
      expect(await database.tables()).toEqual([]);

      await empty.exec('CREATE TABLE since (id BIGINT NOT NULL PRIMARY KEY)');
      const again = await empty.engine.stage(sourceOf(artefact), { id: 'empty3', workFolder });
      await again.swap();
      await again.discard();
      expect(await empty.tables()).toEqual([]);
    } finally {
      await empty.drop();
    }
  });

  it('what a restore replaced can be put back, and that again', async () => {
    const original = await content();
    const source = await backUp('undo1');
    await damage();
    const damaged = await content();
    const { engine } = prepared.database;
    const { workFolder } = prepared;

    const { undo } = await restore(source, 'undo2');
    const second = await engine.putBack(undo, { id: 'undo3', workFolder });
    expect(await content()).toEqual(damaged);
    expect(await prepared.database.leftovers('undo2')).toEqual([]);

    const third = await engine.putBack(second, { id: 'undo4', workFolder });
    expect(await content()).toEqual(original);
    expect(await prepared.database.query('SELECT name FROM area_names')).toHaveLength(3);

    await engine.dropUndo(third);
    for (const id of ['undo2', 'undo3', 'undo4']) expect(await prepared.database.leftovers(id)).toEqual([]);
  });

  it('an undo is kept until it is dropped, and dropping it twice is no error', async () => {
    const { engine, leftovers } = prepared.database;
    const { undo } = await restore(await backUp('keep1'), 'keep2');
    expect(await leftovers('keep2')).toHaveLength(1);
    await engine.dropUndo(undo);
    await engine.dropUndo(undo);
    expect(await leftovers('keep2')).toEqual([]);
    const { workFolder } = prepared;
    await expect(engine.putBack(undo, { id: 'keep3', workFolder })).rejects.toEqual(refusal(['not-found']));
  });

  it('a table that the backup does not know goes to the undo, and the notes say so', async () => {
    const source = await backUp('later1');
    await prepared.database.exec('CREATE TABLE later (id BIGINT NOT NULL PRIMARY KEY)');
    await prepared.database.exec('INSERT INTO later VALUES (1), (2)');

    const { undo, notes } = await restore(source, 'later2');
    expect(notes.join(' ')).toContain('later');
    expect(await prepared.database.tables()).not.toContain('later');

    await prepared.database.engine.putBack(undo, { id: 'later3', workFolder: prepared.workFolder });
    expect(await prepared.database.query('SELECT id FROM later')).toHaveLength(2);
  });

  it('tables and columns may have any name', async () => {
    const table = harness.quote('odd "name" `of` a; table?');
    const column = harness.quote('a column\'s "name"');
    await prepared.database.exec(`CREATE TABLE ${table} (${column} BIGINT NOT NULL PRIMARY KEY)`);
    await prepared.database.exec(`INSERT INTO ${table} VALUES (1), (2), (3)`);
    const before = await content();
    const source = await backUp('odd1');
    await prepared.database.exec(`DELETE FROM ${table}`);
    await restore(source, 'odd2');
    expect(await content()).toEqual(before);
  });

  it('a dump shows one point in time while rows are written', async () => {
    const { database } = prepared;
    await database.exec('CREATE TABLE debit (id BIGINT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL)');
    await database.exec('CREATE TABLE credit (id BIGINT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL)');
    let dumping = true;
    const writing = (async () => {
      for (let id = 1; dumping; id += 1) {
        await database.exec('BEGIN');
        await database.exec(`INSERT INTO debit VALUES (${id}, ${-id})`);
        await database.exec(`INSERT INTO credit VALUES (${id}, ${id})`);
        await database.exec('COMMIT');
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const source = await backUp('point1').finally(() => (dumping = false));
    await writing;

    await restore(source, 'point2');
    const balance = `SELECT COALESCE(SUM(amount), 0) FROM (SELECT amount FROM debit UNION ALL SELECT amount FROM credit) t`;
    expect(Number((await database.query(balance))[0]?.[0])).toBe(0);
  });

  it('an abandoned dump leaves nothing', async () => {
    const { engine, leftovers } = prepared.database;
    const dump = await engine.openDump({ id: 'giveup', workFolder: prepared.workFolder });
    const stream = await dump.parts[0]?.open();
    stream?.on('error', () => undefined);
    await dump.abort();
    await dump.abort();
    expect(await leftovers('giveup')).toEqual([]);
    expect(await takeDump(engine, prepared.workFolder, 'after')).toBeDefined();
  });

  it('a discarded staging leaves nothing and live as it was', async () => {
    const before = await content();
    const source = await backUp('drop1');
    const { engine, leftovers } = prepared.database;
    const staged = await engine.stage(source, { id: 'drop2', workFolder: prepared.workFolder });
    await staged.discard();
    await staged.discard();
    expect(await leftovers('drop2')).toEqual([]);
    expect(await content()).toEqual(before);
  });

  it('says where it is', async () => {
    const phases: string[] = [];
    const source = await backUp('phase1');
    const options = {
      id: 'phase2',
      workFolder: prepared.workFolder,
      onPhase: (phase: string) => phases.push(phase),
    };
    const staged = await prepared.database.engine.stage(source, options);
    await staged.swap();
    await staged.discard();
    expect(phases).toEqual(expect.arrayContaining(['load', 'compare', 'swap']));
  });
}
