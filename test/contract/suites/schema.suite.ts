import type { ContractHarness } from '../harness.types.js';
import type { TableSchema } from '../../../src/engines/rows.types.js';
import { preparedDatabase } from './prepared-database.js';

export function schemaSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);

  const table = async (name: string): Promise<TableSchema> => {
    const { tables } = await prepared.database.engine.rows.schema();
    const found = tables.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };

  it('names all tables and no view', async () => {
    const { tables } = await prepared.database.engine.rows.schema();
    expect(tables.map(({ name }) => name).sort()).toEqual(
      ['areas', 'journal', 'projects', 'reviews', 'strings', 'terms', 'translations'].sort(),
    );
  });

  it('knows primary keys, composite ones in their order, and tables without', async () => {
    expect((await table('projects')).primaryKey).toEqual(['id']);
    expect((await table('translations')).primaryKey).toEqual(['string_id', 'locale']);
    expect((await table('journal')).primaryKey).toEqual([]);
  });

  it('knows unique keys', async () => {
    expect((await table('areas')).uniqueKeys).toEqual([['project_id', 'name']]);
    expect((await table('projects')).uniqueKeys).toEqual([]);
  });

  it('knows foreign keys and what they do', async () => {
    expect((await table('areas')).foreignKeys).toEqual([
      {
        name: expect.any(String) as string,
        columns: ['project_id'],
        referencedTable: 'projects',
        referencedColumns: ['id'],
        onDelete: 'CASCADE',
      },
    ]);
    expect((await table('strings')).foreignKeys).toMatchObject([{ onDelete: 'SET NULL' }]);
    expect((await table('translations')).foreignKeys[0]?.onDelete).toMatch(/^(NO ACTION|RESTRICT)$/);
  });

  it('keeps the columns of a composite foreign key in order', async () => {
    expect((await table('reviews')).foreignKeys).toContainEqual(
      expect.objectContaining({
        columns: ['string_id', 'locale'],
        referencedTable: 'translations',
        referencedColumns: ['string_id', 'locale'],
      }),
    );
  });

  it('knows columns that may be null and columns that are computed', async () => {
    const { columns } = await table('strings');
    expect(columns.map(({ name, nullable, generated }) => ({ name, nullable, generated }))).toEqual([
      { name: 'id', nullable: false, generated: false },
      { name: 'area_id', nullable: true, generated: false },
      { name: 'size', nullable: true, generated: false },
      { name: 'twice', nullable: true, generated: true },
    ]);
    expect(columns[0]?.type).toMatch(/^bigint/i);
  });

  it('knows triggers', async () => {
    expect((await table('areas')).triggers).toEqual([
      { name: 'area_added', event: 'INSERT', body: expect.stringContaining('journal') as string },
    ]);
    expect((await table('strings')).triggers).toEqual([]);
  });

  it('says that a rollback covers the tables', async () => {
    const { tables } = await prepared.database.engine.rows.schema();
    expect(tables.every(({ transactional }) => transactional)).toBe(true);
  });
}
