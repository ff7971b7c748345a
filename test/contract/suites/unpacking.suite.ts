import type { Row } from '../../../src/engines/rows.types.js';
import { sourceOf, takeDump } from '../artefact.js';
import { contentOf, selections } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';

/** Rows out of an artefact that stands beside the live database for a while: what every engine must do. */
export function unpackingSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const backUp = async (id: string) =>
    sourceOf(await takeDump(prepared.database.engine, prepared.workFolder, id));

  it('shows the rows and the schema of that time, and leaves live alone', async () => {
    const { database, workFolder } = prepared;
    const { rows: live } = database.engine;
    const readAreas = (rows: Pick<typeof live, 'snapshot'>) =>
      rows.snapshot(async (reader) => {
        const found: Row[] = [];
        for await (const batch of reader.read(selections(1).areas)) found.push(...batch);
        return found;
      });
    const then = { areas: await readAreas(live), schema: (await live.schema()).tables };
    const source = await backUp('unpack1');
    await database.exec('DROP TABLE terms');
    await database.exec('DELETE FROM areas WHERE id = 10');
    const now = await contentOf(database, harness.quote);

    const unpacked = await database.engine.unpack(source, { id: 'unpack2', workFolder });
    expect(await readAreas(unpacked.rows)).toEqual(then.areas);
    const schema = await unpacked.rows.schema();
    expect(schema.tables.map(({ name, columns, foreignKeys }) => [name, columns, foreignKeys])).toEqual(
      then.schema.map(({ name, columns, foreignKeys }) => [name, columns, foreignKeys]),
    );
    await unpacked.discard();
    await unpacked.discard();

    expect(await contentOf(database, harness.quote)).toEqual(now);
    expect(await database.leftovers('unpack2')).toEqual([]);
  });

  it('is refused when it is damaged, and leaves nothing', async () => {
    const { database, workFolder } = prepared;
    const source = await backUp('spoilt1');
    const tables = [...source.contents.tables, { name: 'missing', rows: 0 }];
    const spoilt = { ...source, contents: { ...source.contents, tables } };
    await expect(database.engine.unpack(spoilt, { id: 'spoilt2', workFolder })).rejects.toEqual(
      refusal(['artefact-damaged', 'artefact-unfit'], /missing/),
    );
    expect(await database.leftovers('spoilt2')).toEqual([]);
  });
}
