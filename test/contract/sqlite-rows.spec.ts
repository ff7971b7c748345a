import type { Cell, Row, RowSelection } from '../../src/engines/rows.types.js';
import { Clock } from '../../src/common/clock.js';
import { SqliteRows } from '../../src/engines/sqlite/rows/sqlite-rows.js';
import { SqliteFile } from '../../src/engines/sqlite/sqlite-file.js';
import { createSqliteDatabase, type SqliteContractDatabase } from './sqlite.harness.js';
import { readAll } from './suites/row-reading.suite.js';
import { refusal } from './suites/prepared-database.js';

describe('what is special about rows in SQLite', () => {
  let database: SqliteContractDatabase;

  beforeEach(async () => {
    database = await createSqliteDatabase({ journalMode: 'wal' });
  });

  afterEach(() => database.drop());

  const rows = () => database.engine.rows;

  /** All rows of a table whose column `p` is the project's key. */
  const selection = (table: string, columns: string[], key: string[], rootKey: Cell = 1): RowSelection => ({
    table,
    columns,
    key,
    rootKey,
    owner: { kind: 'root', column: 'p' },
  });

  const read = (...args: Parameters<typeof selection>) =>
    rows().snapshot((reader) => readAll(reader, selection(...args)));

  it('a value keeps its own type, whatever its column says', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, p, any)');
    await database.exec(
      `INSERT INTO t VALUES (1, 1, 1), (2, 1, 1.0), (3, 1, '1'), (4, 1, x'31'), (5, 1, NULL), (6, 1, 9e999),
       (7, 1, 0.1), (8, 1, 1e300), (9, 1, -9223372036854775808)`,
    );
    const before = await read('t', ['k', 'p', 'any'], ['k']);
    expect(before.map((row) => row[2])).toEqual([
      1,
      { $real: '1' },
      '1',
      { $bytes: 'MQ==' },
      null,
      { $real: 'Infinity' },
      0.1,
      { $real: '1e+300' },
      { $int: '-9223372036854775808' },
    ]);
    const types = await database.query('SELECT typeof("any") FROM t ORDER BY k');
    await rows().transaction(async (writer) => {
      await writer.removeAll(selection('t', ['k', 'p', 'any'], ['k']));
      await writer.insert('t', ['k', 'p', 'any'], before);
    });
    expect(await database.query('SELECT typeof("any") FROM t ORDER BY k')).toEqual(types);
    expect(await read('t', ['k', 'p', 'any'], ['k'])).toEqual(before);
  });

  it('text with a zero in it and a genuine U+FFFD is carried exactly', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, p, body TEXT)');
    const insert = database.connection.prepare('INSERT INTO t VALUES (?, 1, ?)');
    const texts = ['a\0b', '\0', '\uFFFD', 'before \uFFFD after', '\uFEFFmark', ''];
    for (let k = 0; k < 1_200; k += 1) insert.run(k, texts[k % texts.length]);
    const found = await read('t', ['k', 'body'], ['k']);
    expect(found).toEqual(Array.from({ length: 1_200 }, (_, k) => [k, texts[k % texts.length]]));
  });

  it('text that is not UTF-8 fails the reading and names its column', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, p, body TEXT)');
    await database.exec(`INSERT INTO t VALUES (1, 1, 'good'), (2, 1, CAST(x'61FF62' AS TEXT))`);
    await expect(read('t', ['k', 'body'], ['k'])).rejects.toEqual(
      refusal(['database-refused'], /body.* t .*UTF-8/),
    );
  });

  it('values are counted by their own types, and text that is not UTF-8 comes as bytes', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, kind)');
    await database.exec(
      `INSERT INTO t (kind) VALUES (1), (1), (1), ('1'), ('1'), (CAST(x'61FF' AS TEXT)), (NULL)`,
    );
    const found = await rows().snapshot((reader) =>
      reader.values({ table: 't', column: 'kind', except: ['other'], limit: 9 }),
    );
    expect(found).toEqual([
      { cell: 1, rows: 3 },
      { cell: '1', rows: 2 },
      { cell: { $bytes: 'Yf8=' }, rows: 1 },
    ]);
  });

  it('a UTF-16 database is refused for projects, not for dumps', async () => {
    await database.drop();
    database = await createSqliteDatabase({ journalMode: 'delete', encoding: 'UTF-16le' });
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY)');
    await expect(rows().schema()).rejects.toEqual(refusal(['database-refused'], /UTF-16/));
  });

  it('keys without a type are ordered by the bytes of their cells', async () => {
    await database.exec('CREATE TABLE t (k, p)');
    await database.exec(
      `INSERT INTO t (k, p) VALUES (10, 1), (9, 1), ('b', 1), ('B', 1), (1.5, 1), (2.0, 1), (x'41', 1)`,
    );
    const found = await read('t', ['k'], ['k']);
    expect(found.map(([k]) => k)).toEqual([1.5, 10, { $real: '2' }, 9, { $bytes: 'QQ==' }, 'B', 'b']);
  });

  it('a table without row ids and with a collation of its own', async () => {
    await database.exec('CREATE TABLE t (k TEXT COLLATE NOCASE, p, PRIMARY KEY (k, p)) WITHOUT ROWID');
    await database.exec(`INSERT INTO t VALUES ('b', 1), ('A', 1), ('a', 2)`);
    expect(await read('t', ['k'], ['k', 'p'])).toEqual([['A'], ['b']]);
    const removed = await rows().transaction((writer) =>
      writer.remove(selection('t', ['k', 'p'], ['k', 'p']), [
        ['B', 1],
        ['A', 1],
      ]),
    );
    expect(removed).toBe(1);
    expect(await read('t', ['k'], ['k', 'p'])).toEqual([['b']]);
  });

  it('rows of a table without any key are removed by all their columns, NULL included', async () => {
    await database.exec('CREATE TABLE t (p, a, b)');
    await database.exec(`INSERT INTO t VALUES (1, NULL, 'x'), (1, 1, NULL), (2, NULL, 'x')`);
    const all = selection('t', ['p', 'a', 'b'], ['p', 'a', 'b']);
    expect(await rows().transaction((writer) => writer.remove(all, [[1, null, 'x']]))).toBe(1);
    expect(await database.query('SELECT count(*) FROM t')).toEqual([[2n]]);
  });

  it('a table that replaces duplicates does not replace them here', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY ON CONFLICT REPLACE, p)');
    await database.exec('INSERT INTO t VALUES (1, 2)');
    const work = rows().transaction((writer) => writer.insert('t', ['k', 'p'], [[1, 1]]));
    await expect(work).rejects.toEqual(refusal(['conflict'], /table t /));
    expect(await database.query('SELECT p FROM t')).toEqual([[2n]]);
  });

  it('a row that a constraint refuses is refused with the name of its table', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 0))');
    const insert = (row: Row) => rows().transaction((writer) => writer.insert('t', ['k', 'n'], [row]));
    await expect(insert([1, null])).rejects.toEqual(refusal(['artefact-unfit'], /table t /));
    await expect(insert([1, -1])).rejects.toEqual(refusal(['artefact-unfit'], /table t /));
    await expect(insert(['one', 1])).rejects.toEqual(refusal(['artefact-unfit'], /table t /));
    await expect(insert([{ $int: '9223372036854775808' }, 1])).rejects.toEqual(refusal(['artefact-unfit']));
  });

  it('foreign keys are found without named columns, in other letters, and not where they lead nowhere', async () => {
    await database.exec('CREATE TABLE Parent (Id INTEGER PRIMARY KEY)');
    await database.exec(
      'CREATE TABLE child (a REFERENCES parent, b REFERENCES PARENT(ID) ON DELETE CASCADE, c REFERENCES gone(x))',
    );
    const { tables } = await rows().schema();
    const keys = tables.find(({ name }) => name === 'child')?.foreignKeys.map(({ name: _, ...key }) => key);
    expect(keys).toHaveLength(2);
    expect(keys).toContainEqual({
      columns: ['a'],
      referencedTable: 'Parent',
      referencedColumns: ['Id'],
      onDelete: 'NO ACTION',
    });
    expect(keys).toContainEqual({
      columns: ['b'],
      referencedTable: 'Parent',
      referencedColumns: ['Id'],
      onDelete: 'CASCADE',
    });
  });

  it('a unique index on part of the rows, or on an expression, is no key', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a, b))');
    await database.exec('CREATE UNIQUE INDEX part ON t (a) WHERE b IS NULL');
    await database.exec('CREATE UNIQUE INDEX expression ON t (lower(a))');
    await database.exec('CREATE UNIQUE INDEX plain ON t (b)');
    const { tables } = await rows().schema();
    expect(tables[0]?.uniqueKeys).toEqual(expect.arrayContaining([['a', 'b'], ['b']]));
    expect(tables[0]?.uniqueKeys).toHaveLength(2);
    expect(tables[0]?.columns[0]).toEqual({ name: 'k', type: 'INTEGER', nullable: false, generated: false });
  });

  it('a full-text table is in the schema, its inner tables are not', async () => {
    await database.exec('CREATE VIRTUAL TABLE search USING fts5(body)');
    const { tables } = await rows().schema();
    expect(tables.map(({ name }) => name)).toEqual(['search']);
  });

  it('a transaction waits for another writer, and gives up with a conflict', async () => {
    database.connection.exec('CREATE TABLE t (k INTEGER PRIMARY KEY); BEGIN IMMEDIATE');
    const waiting = rows().transaction((writer) => writer.insert('t', ['k'], [[1]]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    database.connection.exec('INSERT INTO t VALUES (7); COMMIT');
    await waiting;
    expect(await database.query('SELECT k FROM t')).toEqual([[1n], [7n]]);

    database.connection.exec('BEGIN IMMEDIATE');
    const impatient = new SqliteRows(new SqliteFile(database.path), new Clock(), 300);
    const work = impatient.transaction((writer) => writer.insert('t', ['k'], [[2]]));
    await expect(work).rejects.toEqual(refusal(['conflict'], /locked/));
    database.connection.exec('ROLLBACK');
  });

  it('a stream that was left standing does not keep the file open', async () => {
    await database.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, p)');
    await database.exec('INSERT INTO t VALUES (1, 1), (2, 1)');
    const work = rows().snapshot(async (reader) => {
      await reader
        .read(selection('t', ['k'], ['k']))
        [Symbol.asyncIterator]()
        .next();
      throw new Error('of the caller');
    });
    await expect(work).rejects.toThrow('of the caller');
  });
});
