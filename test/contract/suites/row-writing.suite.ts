import type { ForeignKey, Row } from '../../../src/engines/rows.types.js';
import { contentOf, selections } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';
import { readAll } from './row-reading.suite.js';

export function rowWritingSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const atlas = selections(1);
  const borealis = selections(2);
  const content = () => contentOf(prepared.database, harness.quote);
  const rows = () => prepared.database.engine.rows;

  const foreignKey = async (table: string, columns: string[]): Promise<ForeignKey> => {
    const schema = await rows().schema();
    const keys = schema.tables.find(({ name }) => name === table)?.foreignKeys ?? [];
    const found = keys.find((key) => key.columns.join() === columns.join());
    if (!found) throw new Error(`no foreign key on ${columns.join()}`);
    return found;
  };

  it('what was read can be removed and inserted again without a difference', async () => {
    await prepared.database.exec('DROP TRIGGER area_added');
    const before = await content();
    const order = ['projects', 'areas', 'strings', 'translations', 'reviews', 'terms'] as const;
    await rows().transaction(async (writer) => {
      const kept = new Map<string, Row[]>();
      for (const name of order) kept.set(name, await readAll(writer, atlas[name]));
      for (const name of [...order].reverse()) await writer.removeAll(atlas[name]);
      for (const name of order) expect(await readAll(writer, atlas[name])).toEqual([]);
      for (const name of order) await writer.insert(name, atlas[name].columns, kept.get(name) ?? []);
    });
    expect(await content()).toEqual(before);
  });

  it('a cascade is not fired', async () => {
    await rows().transaction((writer) => writer.removeAll(atlas.projects));
    expect(await prepared.database.query('SELECT id FROM areas WHERE project_id = 1')).toHaveLength(2);
    expect(await prepared.database.query('SELECT id FROM projects')).toHaveLength(1);
  });

  it('rows belong to the project that they name, even while its own row is missing', async () => {
    await prepared.database.exec('DELETE FROM projects WHERE id = 1');
    const found = await rows().snapshot((reader) => readAll(reader, atlas.strings));
    expect(found.map(([id]) => id)).toEqual([100, 101]);
  });

  it('everything is rolled back when the work throws', async () => {
    const before = await content();
    const work = rows().transaction(async (writer) => {
      await writer.removeAll(atlas.translations);
      await writer.insert('projects', ['id', 'name'], [[3, 'Corona']]);
      throw new Error('of the caller');
    });
    await expect(work).rejects.toThrow('of the caller');
    expect(await content()).toEqual(before);
  });

  it('a duplicate of a primary key is a conflict that names the table', async () => {
    const before = await content();
    const work = rows().transaction((writer) =>
      writer.insert('areas', ['id', 'project_id', 'name'], [[20, 1, 'new']]),
    );
    await expect(work).rejects.toEqual(refusal(['conflict'], /areas/));
    expect(await content()).toEqual(before);
  });

  it('a duplicate of another unique key is a conflict, too', async () => {
    const work = rows().transaction((writer) =>
      writer.insert('areas', ['id', 'project_id', 'name'], [[30, 1, 'web']]),
    );
    await expect(work).rejects.toEqual(refusal(['conflict'], /areas/));
  });

  it('rows are removed by their keys', async () => {
    const removed = await rows().transaction((writer) =>
      writer.remove(atlas.translations, [
        [100, 'de'],
        [101, 'en'],
        [101, 'xx'],
      ]),
    );
    expect(removed).toBe(2);
    expect(
      await prepared.database.query('SELECT locale FROM translations WHERE string_id IN (100, 101)'),
    ).toEqual([['en']]);
  });

  it('a row of another project is not removed, even by its key', async () => {
    const before = await content();
    const removed = await rows().transaction(async (writer) => [
      await writer.remove(atlas.areas, [[20]]),
      await writer.remove(atlas.translations, [[200, 'en']]),
      await writer.remove(atlas.reviews, [[3]]),
      await writer.remove(atlas.terms, [['Birne']]),
      await writer.remove(atlas.projects, [[2]]),
    ]);
    expect(removed).toEqual([0, 0, 0, 0, 0]);
    expect(await content()).toEqual(before);
  });

  it('a key in other letters removes nothing', async () => {
    expect(
      await rows().transaction((writer) => writer.remove(atlas.terms, [['ZOO'], ['Apple'], ['eclair']])),
    ).toBe(0);
  });

  it('removing all removes one project only', async () => {
    const removed = await rows().transaction((writer) => writer.removeAll(atlas.translations));
    expect(removed).toBe(3);
    expect(await prepared.database.query('SELECT string_id FROM translations')).toHaveLength(1);
    expect(await rows().snapshot((reader) => readAll(reader, borealis.translations))).toEqual([
      [200, 'en', '🌲'],
    ]);
  });

  it('many rows are inserted and removed at once', async () => {
    const many = Array.from({ length: 2_500 }, (_, at): Row => [1_000 + at, 10, at]);
    await rows().transaction((writer) => writer.insert('strings', ['id', 'area_id', 'size'], many));
    expect(await rows().snapshot((reader) => reader.count('strings'))).toBe(2_504);
    const keys = many.map(([id]): Row => [id ?? null]);
    expect(await rows().transaction((writer) => writer.remove(atlas.strings, keys))).toBe(2_500);
  });

  it('a locked read holds off whoever would write among these rows', async () => {
    let written = false;
    let late: Promise<unknown> = Promise.resolve();
    await rows().transaction(async (writer) => {
      const locked: Row[] = [];
      for await (const batch of writer.readLocked(atlas.areas)) locked.push(...batch);
      expect(locked).toHaveLength(2);
      late = prepared.database
        .connect()
        .rows.transaction((other) => other.insert('areas', ['id', 'project_id', 'name'], [[12, 1, 'late']]))
        .then(() => (written = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(written).toBe(false);
    });
    await late;
    expect(await rows().snapshot((reader) => reader.count('areas'))).toBe(4);
  });

  it('rows whose foreign key points to nothing are found', async () => {
    const key = await foreignKey('translations', ['string_id']);
    const find = () => rows().transaction((writer) => writer.danglingRows(atlas.reviews, reviewed, 10));
    const reviewed = await foreignKey('reviews', ['string_id', 'locale']);
    expect(await find()).toEqual([]);
    expect(await rows().transaction((writer) => writer.danglingRows(atlas.translations, key, 10))).toEqual(
      [],
    );
    // Review 4 has half a key, which refers to nothing and is no fault.
    await prepared.database.exec(`DELETE FROM translations WHERE locale = 'de'`);
    await prepared.database.exec('UPDATE reviews SET area_id = 10 WHERE id IN (1, 4)');
    expect(await find()).toEqual([[1, 100, 'de', 10]]);
  });

  it('values that others still refer to though their row is gone are found', async () => {
    const key = await foreignKey('translations', ['string_id']);
    await prepared.database.exec('DELETE FROM strings WHERE id IN (100, 900)');
    const orphaned = await rows().transaction((writer) =>
      writer.orphanedReferences('translations', key, [[100], [101], [900]], 10),
    );
    expect(orphaned).toEqual([[100]]);
  });

  it('values of a composite key are found likewise, no more than were asked for', async () => {
    const key = await foreignKey('reviews', ['string_id', 'locale']);
    await prepared.database.exec('DELETE FROM translations');
    const values: Row[] = [
      [100, 'de'],
      [200, 'en'],
      [100, 'en'],
    ];
    const find = (limit: number) =>
      rows().transaction((writer) => writer.orphanedReferences('reviews', key, values, limit));
    expect((await find(10)).map((value) => JSON.stringify(value)).sort()).toEqual([
      '[100,"de"]',
      '[200,"en"]',
    ]);
    expect(await find(1)).toHaveLength(1);
    expect(await rows().transaction((writer) => writer.orphanedReferences('reviews', key, [], 5))).toEqual(
      [],
    );
  });

  it('two transactions exclude each other without a deadlock', async () => {
    const add = (id: number) =>
      rows().transaction(async (writer) => {
        const found = await readAll(writer, atlas.projects);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await writer.insert(
          'journal',
          ['entry'],
          found.map((): Row => [id]),
        );
      });
    await Promise.all([add(1), add(2), add(3)]);
    expect(await prepared.database.query('SELECT entry FROM journal WHERE entry < 10')).toHaveLength(3);
  });
}
