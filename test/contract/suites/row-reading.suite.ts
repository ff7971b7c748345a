import type { Cell, Row, RowReader, RowSelection } from '../../../src/engines/rows.types.js';
import { references, selections } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase } from './prepared-database.js';

export async function readAll(reader: RowReader, selection: RowSelection): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of reader.read(selection)) rows.push(...batch);
  return rows;
}

export function rowReadingSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const atlas = selections(1);

  const read = (selection: RowSelection) =>
    prepared.database.engine.rows.snapshot((reader) => readAll(reader, selection));

  it('finds the rows of one project, however far they are from it', async () => {
    expect(await read(atlas.projects)).toEqual([[1, 'Atlas']]);
    expect(await read(atlas.areas)).toEqual([
      [10, 1, 'web'],
      [11, 1, 'app'],
    ]);
    expect(await read(atlas.strings)).toEqual([
      [100, 10, 5],
      [101, 11, null],
    ]);
    expect(await read(atlas.translations)).toEqual([
      [100, 'de', 'Grüß Gott'],
      [100, 'en', 'Hello'],
      [101, 'en', null],
    ]);
  });

  it('finds every row of a table that is nobody’s', async () => {
    const everybodys = { ...atlas.areas, owner: { kind: 'everybody' as const }, rootKey: null };
    const { engine } = prepared.database;
    const [all, count] = await engine.rows.snapshot(async (reader) => [
      await readAll(reader, everybodys),
      await reader.count('areas'),
    ]);
    expect(all).toHaveLength(count);
    expect(all.length).toBeGreaterThan((await read(atlas.areas)).length);
  });

  it('finds a row that belongs by any of several references, each row once', async () => {
    await prepared.database.exec(`UPDATE reviews SET area_id = 10 WHERE id = 1`);
    expect(await read(atlas.reviews)).toEqual([
      [1, 100, 'de', 10],
      [2, null, null, 11],
    ]);
  });

  it('orders text keys by their bytes, whatever the collation', async () => {
    expect((await read(atlas.terms)).map(([word]) => word)).toEqual([
      'Zebra',
      'apple',
      'zoo',
      'Äpfel',
      'Éclair',
    ]);
  });

  it('orders integer keys by their value', async () => {
    await prepared.database.exec(
      `INSERT INTO areas VALUES (9, 1, 'nine'), (-1, 1, 'less'), (1000, 1, 'more')`,
    );
    expect((await read(atlas.areas)).map(([id]) => id)).toEqual([-1, 9, 10, 11, 1000]);
  });

  it('carries 64-bit integers, bytes, NULL, emoji and quotes exactly', async () => {
    const rows = new Map((await read(atlas.terms)).map((row) => [row[0], row.slice(2)]));
    expect(rows.get('zoo')).toEqual([
      { $bytes: 'AP8KJw==' },
      { $int: '9223372036854775807' },
      `it's "quoted"`,
    ]);
    expect(rows.get('Zebra')).toEqual([null, { $int: '-9223372036854775808' }, '🦓']);
    expect(rows.get('apple')).toEqual([{ $bytes: '' }, { $int: '9007199254740993' }, '']);
    expect(rows.get('Äpfel')).toEqual([null, 9007199254740991, null]);
    expect(rows.get('Éclair')).toEqual([null, null, 'line\nbreak']);
  });

  it('gives the columns that were asked for, in that order', async () => {
    expect(await read({ ...atlas.areas, columns: ['name', 'id'] })).toEqual([
      ['web', 10],
      ['app', 11],
    ]);
  });

  it('finds nothing for a project that does not exist', async () => {
    expect(await read(selections(77).translations)).toEqual([]);
  });

  it('reads many rows in batches, and can be left early', async () => {
    for (let from = 0; from < 3_000; from += 500) {
      const rows = Array.from({ length: 500 }, (_, at) => `(${1_000 + from + at}, 10, 1)`);
      await prepared.database.exec(`INSERT INTO strings (id, area_id, size) VALUES ${rows.join(', ')}`);
    }
    expect(await read(atlas.strings)).toHaveLength(3_002);
    const first = await prepared.database.engine.rows.snapshot(async (reader) => {
      for await (const batch of reader.read(atlas.strings)) return batch.length;
      return 0;
    });
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(3_002);
  });

  it('asks one thing after another in the same snapshot', async () => {
    const found = await prepared.database.engine.rows.snapshot(async (reader) => [
      (await readAll(reader, atlas.areas)).length,
      (await readAll(reader, atlas.strings)).length,
      await reader.count('areas'),
    ]);
    expect(found).toEqual([2, 2, 3]);
  });

  it('does not see in a snapshot what is written after it began', async () => {
    // An engine without versions of rows may hold the writer off instead.
    const counts = await prepared.database.engine.rows.snapshot(async (reader) => {
      const before = await reader.count('journal');
      const written = await prepared.database.exec('INSERT INTO journal VALUES (7)').then(
        () => true,
        () => false,
      );
      return { before, after: await reader.count('journal'), written };
    });
    expect(counts.after).toBe(counts.before);
    if (!counts.written) await prepared.database.exec('INSERT INTO journal VALUES (7)');
    const now = await prepared.database.engine.rows.snapshot((reader) => reader.count('journal'));
    expect(now).toBe(counts.before + 1);
  });

  it('passes on what the work throws', async () => {
    await expect(
      prepared.database.engine.rows.snapshot(() => Promise.reject(new Error('of the caller'))),
    ).rejects.toThrow('of the caller');
  });

  it('lists rows by condition, order and page', async () => {
    const list = await prepared.database.engine.rows.snapshot(async (reader) => ({
      all: await reader.list({ table: 'areas', columns: ['id'], orderBy: ['id'], limit: 10 }),
      some: await reader.list({
        table: 'areas',
        columns: ['id'],
        where: { name: 'web' },
        orderBy: ['id'],
        limit: 10,
      }),
      none: await reader.list({
        table: 'strings',
        columns: ['id'],
        where: { area_id: null },
        orderBy: ['id'],
        limit: 9,
      }),
      page: await reader.list({ table: 'areas', columns: ['id'], orderBy: ['id'], limit: 1, offset: 1 }),
      anyOf: await reader.list({
        table: 'areas',
        columns: ['name'],
        anyOf: { column: 'id', cells: [20, 11, 999] },
        orderBy: ['id'],
        limit: 10,
      }),
      noneOf: await reader.list({
        table: 'areas',
        columns: ['id'],
        anyOf: { column: 'id', cells: [] },
        orderBy: ['id'],
        limit: 10,
      }),
    }));
    expect(list).toEqual({
      all: [[10], [11], [20]],
      some: [[10], [20]],
      none: [[900]],
      page: [[11]],
      anyOf: [['app'], ['web']],
      noneOf: [],
    });
  });

  it('counts the values of a column, the most frequent first, without nulls and those that are known', async () => {
    await prepared.database.exec(
      `INSERT INTO areas VALUES (30, 2, 'app'), (31, 2, 'docs'), (32, 2, ''), (33, 2, '🌲'), (40, 1, '')`,
    );
    const values = (column: string, except: Cell[], limit: number) =>
      prepared.database.engine.rows.snapshot(async (reader) => {
        const found = await reader.values({ table: 'areas', column, except, limit });
        return found.map(({ cell, rows }) => [cell, rows]);
      });
    const all = await values('name', [], 20);
    expect(all.slice(0, 3).sort()).toEqual(
      [
        ['', 2],
        ['app', 2],
        ['web', 2],
      ].sort(),
    );
    expect(all.slice(3).sort()).toEqual([
      ['docs', 1],
      ['🌲', 1],
    ]);
    expect(await values('name', ['web', '', "it's"], 2)).toEqual([['app', 2], expect.anything()]);
    expect(await values('project_id', ['1'], 9)).toEqual([[2, 5]]);
    const sizes = await prepared.database.engine.rows.snapshot((reader) =>
      reader.values({ table: 'strings', column: 'size', except: [7], limit: 9 }),
    );
    expect(sizes.map(({ cell }) => cell).sort()).toEqual([1, 5]);
  });

  it('finds rows that refer to a row of another project', async () => {
    const { rows } = prepared.database.engine;
    const stray = () => rows.snapshot((reader) => reader.strayRows(atlas.reviews, references.toArea, 10));
    expect(await stray()).toEqual([]);
    await prepared.database.exec('UPDATE reviews SET area_id = 20 WHERE id = 1');
    expect(await stray()).toEqual([[1, 100, 'de', 20]]);
  });

  it('finds stray rows by a composite reference, and by the root itself', async () => {
    const { rows } = prepared.database.engine;
    await prepared.database.exec(`UPDATE reviews SET string_id = 200, locale = 'en' WHERE id = 2`);
    const stray = await rows.snapshot((reader) =>
      reader.strayRows(atlas.reviews, references.toTranslation, 10),
    );
    expect(stray).toEqual([[2, 200, 'en', 11]]);
    const byRoot = await rows.snapshot((reader) => reader.strayRows(atlas.areas, references.toProject, 10));
    expect(byRoot).toEqual([]);
  });

  it('finds by their keys the rows that are not the project’s', async () => {
    const { rows } = prepared.database.engine;
    const others = (selection: RowSelection, column: string, cells: Cell[]) =>
      rows.snapshot((reader) => reader.rowsOfOthers(selection, column, cells));
    expect(await others(atlas.areas, 'id', [10, 11, 20, 999])).toEqual([[20, 2, 'web']]);
    expect((await others(atlas.strings, 'id', [100, 101, 200, 900])).map(([id]) => id).sort()).toEqual([
      200, 900,
    ]);
    expect(await others(atlas.projects, 'id', [1, 2])).toEqual([[2, expect.any(String)]]);
    expect(await others(atlas.areas, 'name', ['app', 'web'])).toEqual([[20, 2, 'web']]);
  });

  it('gives no more stray rows than were asked for', async () => {
    await prepared.database.exec('UPDATE reviews SET area_id = 20');
    await prepared.database.exec(`UPDATE reviews SET string_id = 100, locale = 'de'`);
    const { rows } = prepared.database.engine;
    expect(
      await rows.snapshot((reader) => reader.strayRows(atlas.reviews, references.toArea, 2)),
    ).toHaveLength(2);
  });
}
