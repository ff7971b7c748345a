import { hasOneOf } from './key-sql.js';
import { TableColumns } from './table-columns.js';

const columns = new TableColumns('t', [
  ['id', 'bigint', null],
  ['word', 'varchar', 'utf8mb4'],
  ['real', 'double', null],
]);

describe('the condition for rows with given keys', () => {
  it('is a list for numbers, which are equal to themselves only', () => {
    expect(hasOneOf(columns, ['id'], [[1], [{ $int: '18446744073709551615' }]])).toBe(
      't.`id` IN (1, 18446744073709551615)',
    );
  });

  it('looks texts up by their index and then compares their bytes', () => {
    expect(hasOneOf(columns, ['id', 'word'], [[1, 'é']])).toBe(
      "((t.`id`, t.`word`) IN ((1, 'é')) AND " +
        "(t.`id`, CAST(CONVERT(t.`word` USING utf8mb4) AS BINARY)) IN ((1, X'c3a9')))",
    );
  });

  it('compares a double by what it prints', () => {
    expect(hasOneOf(columns, ['real'], [[0.5]])).toBe(
      "CAST(CAST(t.`real` AS CHAR) AS BINARY) IN (X'302e35')",
    );
  });

  it('asks for NULL by name', () => {
    expect(hasOneOf(columns, ['id', 'word'], [[1, null]])).toBe('(t.`id` = 1 AND t.`word` IS NULL)');
  });

  it('finds nothing without keys', () => {
    expect(hasOneOf(columns, ['id'], [])).toBe('FALSE');
  });
});
