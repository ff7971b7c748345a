import { sourceOf, takeDump } from '../artefact.js';
import { contentOf } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';

/** "The source is broken, keep nothing", on a live database that is sound: what every engine must do. */
export function replacementSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const content = () => contentOf(prepared.database, harness.quote);
  const backUp = async (id: string) =>
    sourceOf(await takeDump(prepared.database.engine, prepared.workFolder, id));

  it('puts every row, view and trigger in place, and keeps nothing', async () => {
    const { database, workFolder } = prepared;
    const before = await content();
    const source = await backUp('replace1');
    await database.exec(`DELETE FROM translations WHERE locale = 'en'`);
    await database.exec('DROP TABLE terms');
    await database.exec('CREATE TABLE later (id BIGINT NOT NULL PRIMARY KEY)');
    await database.exec('DROP VIEW area_names');
    await database.exec('CREATE VIEW area_names AS SELECT id AS name FROM strings');

    const staged = await database.engine.stageReplacement(source, { id: 'replace2', workFolder });
    expect(staged.notes.join(' ')).toMatch(/cannot be undone/);
    await staged.replace();
    await staged.discard();

    expect(await content()).toEqual(before);
    expect(await database.query('SELECT name FROM area_names')).toHaveLength(3);
    await database.exec(`INSERT INTO areas VALUES (12, 1, 'triggered')`);
    expect(await database.query('SELECT entry FROM journal WHERE entry = 12')).toHaveLength(1);
    expect(await database.leftovers('replace')).toEqual([]);
    const report = await database.engine.recover({ id: 'replace3', workFolder });
    expect(report).toEqual({ putBack: [], broughtForward: [], undos: [] });
  });

  it('an empty backup leaves an empty database', async () => {
    const { database, workFolder } = prepared;
    const empty = await harness.createDatabase();
    try {
      const source = sourceOf(await takeDump(empty.engine, workFolder, 'none1'));
      const staged = await database.engine.stageReplacement(source, { id: 'none2', workFolder });
      await staged.replace();
      await staged.discard();
      expect(await database.tables()).toEqual([]);
    } finally {
      await empty.drop();
    }
  });

  it('a replacement that was not begun leaves nothing, and live as it was', async () => {
    const { database, workFolder } = prepared;
    const before = await content();
    const source = await backUp('idle1');
    const staged = await database.engine.stageReplacement(source, { id: 'idle2', workFolder });
    await staged.discard();
    await staged.discard();
    expect(await database.leftovers('idle2')).toEqual([]);
    expect(await content()).toEqual(before);
  });

  it('is checked like any other restore before anything live is touched', async () => {
    const { database, workFolder } = prepared;
    const before = await content();
    const source = await backUp('short1');
    const tables = source.contents.tables.map(({ name, rows }) => ({ name, rows: rows + 1 }));
    const forged = { ...source, contents: { ...source.contents, tables } };
    await expect(database.engine.stageReplacement(forged, { id: 'short2', workFolder })).rejects.toEqual(
      refusal(['artefact-unfit'], /Nothing was changed/),
    );
    expect(await database.leftovers('short2')).toEqual([]);
    expect(await content()).toEqual(before);
  });
}
