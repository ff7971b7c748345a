import { insertStatements } from './insert-sql.js';
import { TableColumns } from './table-columns.js';

const columns = new TableColumns('a`b?', [
  ['i?d', 'int', null],
  ['text', 'longtext', 'utf8mb4'],
  ['bytes', 'longblob', null],
]);
const roomy = 64 * 1024 * 1024;

describe('INSERT statements', () => {
  it('quote names and values', () => {
    const [only] = insertStatements(
      columns,
      ['i?d', 'text'],
      [
        [1, "it's ? \\ \n"],
        [2, null],
      ],
      roomy,
    );
    expect(only).toEqual({
      sql: "INSERT INTO `a``b?` (`i?d`, `text`) VALUES (1,'it\\'s ? \\\\ \\n'),(2,NULL)",
      values: [],
    });
  });

  it('hold at most 2000 rows', () => {
    const rows = Array.from({ length: 4500 }, (_, id) => [id]);
    const statements = [...insertStatements(columns, ['i?d'], rows, roomy)];
    expect(statements.map(({ sql }) => sql.split('),(').length)).toEqual([2000, 2000, 500]);
  });

  it('hold at most half of what the server takes, counted in bytes', () => {
    const rows = Array.from({ length: 10 }, (_, id) => [id, 'ä'.repeat(200)]);
    const statements = [...insertStatements(columns, ['i?d', 'text'], rows, 2048)];
    for (const { sql } of statements) expect(Buffer.byteLength(sql)).toBeLessThanOrEqual(1024);
    expect(statements).toHaveLength(5);
  });

  it('send a row that is too large as text with its large values beside it', () => {
    const large = Buffer.alloc(700 * 1024, 1);
    const rows = [
      [1, 'x', null],
      [2, 'é'.repeat(70_000), { $bytes: large.toString('base64') }],
      [3, 'y', null],
    ];
    const statements = [...insertStatements(columns, ['i?d', 'text', 'bytes'], rows, 1024 * 1024)];
    const beside = statements.find(({ values }) => values.length > 0);
    expect(beside?.sql).toMatch(/VALUES \(2,CONVERT\(\? USING utf8mb4\),\?\)$/);
    expect(beside?.values).toEqual([Buffer.from('é'.repeat(70_000)), large]);
    expect(statements).toHaveLength(3);
  });

  it('refuse a value that the column cannot hold, without repeating it', () => {
    const insert = () => [...insertStatements(columns, ['i?d'], [['secret']], roomy)];
    expect(insert).toThrow("A value for the column i?d of the table a`b? is not of the column's type.");
  });
});
