import type { TableSchema } from '../engines/rows.types.js';
import { isOtherSpellingOfNumber, isWellFormedId, jsonProjectId } from './projects.types.js';
import { findRootTable, idOfKey, keyCell, type RootTable } from './root-table.js';

function table(columns: Record<string, string>, primaryKey = ['id']): TableSchema {
  return {
    name: 'projects',
    columns: Object.entries(columns).map(([name, type]) => ({
      name,
      type,
      nullable: false,
      generated: false,
    })),
    primaryKey,
    uniqueKeys: [],
    foreignKeys: [],
    triggers: [],
    transactional: true,
  };
}

const find = (columns: Record<string, string>, primaryKey?: string[]) =>
  findRootTable({ tables: [table(columns, primaryKey)] }, 'projects');

describe('the root table of projects', () => {
  it.each([
    [{ id: 'int', title: 'varchar(9)', name: 'varchar(9)' }, 'name'],
    [{ id: 'int', slug: 'varchar(9)', Title: 'varchar(9)' }, 'Title'],
    [{ id: 'int', note: 'TEXT', slug: 'varchar(9)' }, 'slug'],
    [{ id: 'int', made: 'datetime', note: 'TEXT' }, 'note'],
    [{ id: 'int', made: 'datetime' }, 'id'],
  ])('with %j takes names from %s', (columns, nameColumn) => {
    expect(find(columns)?.nameColumn).toBe(nameColumn);
  });

  it('is not there when it is missing, or its key is of several columns', () => {
    expect(findRootTable({ tables: [] }, 'projects')).toBeNull();
    expect(find({ id: 'int', tenant: 'int' }, ['tenant', 'id'])).toBeNull();
    expect(find({ id: 'int' }, [])).toBeNull();
  });

  it('has a key for canonical numbers within 64 bits only', () => {
    const root = find({ id: 'bigint unsigned' }) as RootTable;
    expect(keyCell(root, '64')).toBe(64);
    expect(keyCell(root, '-5')).toBe(-5);
    expect(keyCell(root, '18446744073709551615')).toEqual({ $int: '18446744073709551615' });
    for (const id of [
      '064',
      '64 ',
      '+64',
      '6e1',
      '64.0',
      '0x40',
      '64abc',
      '',
      '18446744073709551616',
      '-0',
    ]) {
      expect([id, keyCell(root, id)]).toEqual([id, null]);
    }
  });
});

describe('a key of bytes', () => {
  const bytes = Buffer.from('00ff0a27', 'hex').toString('base64');

  it.each(['binary(4)', 'varbinary(16)', 'BLOB'])('goes by its digits, as %s', (type) => {
    const root = find({ id: type, name: 'text' }) as RootTable;
    expect(keyCell(root, '00ff0a27')).toEqual({ $bytes: bytes });
    expect(idOfKey({ $bytes: bytes })).toBe('00ff0a27');
  });

  it('has one spelling', () => {
    const root = find({ id: 'binary(4)' }) as RootTable;
    for (const id of ['00FF0A27', '0x00ff0a27', '00ff0a2', '00ff 0a27', 'zz', ''])
      expect([id, keyCell(root, id)]).toEqual([id, null]);
  });

  it('leaves other keys as they are', () => {
    expect([idOfKey(7), idOfKey('ab'), idOfKey({ $int: '9007199254740993' })]).toEqual([
      '7',
      'ab',
      '9007199254740993',
    ]);
  });
});

describe("projects' ids", () => {
  it('are numbers in JSON when they are integers that JSON carries', () => {
    expect(jsonProjectId('64')).toBe(64);
    expect(jsonProjectId('064')).toBe('064');
    expect(jsonProjectId('9007199254740993')).toBe('9007199254740993');
    expect(jsonProjectId('my-project')).toBe('my-project');
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\0b', ' a', 'a\n', 'x'.repeat(191)])('cannot be "%s"', (id) => {
    expect(isWellFormedId(id)).toBe(false);
  });

  it('have one spelling when they are numbers', () => {
    for (const id of ['064', '64.0', '6e1', '+64', '0x40', '-0'])
      expect(isOtherSpellingOfNumber(id)).toBe(true);
    for (const id of ['64', '0', '-64', 'abc', '64abc', '1-2'])
      expect(isOtherSpellingOfNumber(id)).toBe(false);
  });
});
