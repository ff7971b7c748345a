import { parsePostgresUrl } from '../../src/config/postgres-url.js';
import { PostgresRows } from '../../src/engines/postgres/rows/postgres-rows.js';
import type { Closure, Ownership, Row, RowReader, RowSelection } from '../../src/engines/rows.types.js';
import { compareKeys, isIntegerType } from '../../src/project-scope/compare-keys.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

const root: Ownership = { kind: 'root', column: 'owner' };

async function readAll(reader: RowReader, selection: RowSelection): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of reader.read(selection)) rows.push(...batch);
  return rows;
}

/** Two values of each type that are not in the order of their texts, or are hard to carry. */
const values: [type: string, first: string, second: string][] = [
  ['bigint', '9223372036854775807', '-9223372036854775808'],
  ['integer', '10', '9'],
  ['small', '-7', '12'],
  ['numeric', '123456789012345678901234567890.1234567890', 'NaN'],
  ['numeric(30,10)', '1.5', '-0.0000000001'],
  ['double precision', '1e300', '-0'],
  ['double precision', 'Infinity', '0.1'],
  ['real', '0.1', '16777216'],
  ['boolean', 'true', 'false'],
  ['text', 'it\'s\n\\ "quoted" 🦓', ''],
  ['text COLLATE "C"', 'a', 'B'],
  ['character(5)', 'ab', 'a'],
  ['varchar(20)', 'Äpfel', 'apple'],
  ['mood', 'sad', 'happy'],
  ['date', '0044-03-15 BC', 'infinity'],
  ['timestamp', '2024-02-29 12:00:00.123456', '1999-12-31 23:59:59'],
  ['timestamptz', '2024-10-27 02:30:00+02', '2024-10-27 02:30:00+01'],
  ['time', '24:00:00', '00:00:00.5'],
  ['timetz', '12:00:00+05:30', '12:00:00-08'],
  ['interval', '1 year 2 mons -3 days 04:05:06.789', '30 days'],
  ['uuid', '6F9619FF-8B86-D011-B42D-00C04FC964FF', '00000000-0000-0000-0000-000000000000'],
  ['bytea', String.raw`\x00ff0a27`, String.raw`\x`],
  ['json', '{"b": 1, "a": [1.0, 1e2]}', 'null'],
  ['jsonb', '{"b": 1.00, "a": "\\u00fc"}', '[]'],
  ['integer[]', '{{1,2},{3,NULL}}', '{}'],
  ['text[]', '{"a,b","NULL",NULL,"\\"q\\""}', '[0:1]={x,y}'],
  ['bytea[]', String.raw`{"\\x00ff"}`, '{}'],
  ['int4range', '[1,5)', 'empty'],
  ['tstzrange', '["2024-01-01 00:00:00+00",)', '(,)'],
  ['numrange', '(1.0,1.00]', 'empty'],
  ['pair', '(1,"a ""b"", c")', '(,)'],
  ['inet', '192.168.0.1/24', '::1'],
  ['macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00'],
  ['bit(3)', '101', '000'],
  ['varbit', '10101010101', ''],
  ['money', '-12345.67', '0.01'],
  ['point', '(0.1,1e300)', '(0,0)'],
  ['tsvector', "'a':1A 'b c':2", ''],
  ['xml', '<a>ü</a>', '<b/>'],
  ['oid', '4294967295', '0'],
];

describeOnPostgres('Rows of every type', (server) => {
  let database: TemporaryDatabase;
  let rows: PostgresRows;

  beforeEach(async () => {
    database = await temporaryDatabase(server);
    rows = new PostgresRows(parsePostgresUrl(database.url));
    await database.query(`CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
      CREATE DOMAIN small AS smallint CHECK (VALUE < 100); CREATE TYPE pair AS (a integer, b text)`);
  });

  afterEach(() => database.drop());

  it.each(values)('%s comes back as it was: %s and %s', async (type, first, second) => {
    // The server's own settings must not show.
    await database.query(`ALTER DATABASE ${database.name} SET TimeZone = 'Asia/Kolkata';
      ALTER DATABASE ${database.name} SET DateStyle = 'German';
      ALTER DATABASE ${database.name} SET IntervalStyle = 'iso_8601';
      ALTER DATABASE ${database.name} SET bytea_output = 'escape'`);
    const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
    await database.query(`CREATE TABLE t (owner integer NOT NULL, id integer PRIMARY KEY, v ${type});
      INSERT INTO t VALUES (1, 1, ${literal(first)}), (1, 2, ${literal(second)}), (1, 3, NULL), (2, 4, ${literal(first)})`);
    const content = () => database.query('SELECT id, v::text, t::text FROM t ORDER BY id');
    const before = await content();
    const selection: RowSelection = {
      table: 't',
      columns: ['v', 'id', 'owner'],
      key: ['v', 'id'],
      owner: root,
      rootKey: 1,
    };
    const { tables } = await rows.schema();
    const byValue = isIntegerType(tables[0]?.columns.find(({ name }) => name === 'v')?.type ?? '');

    const found = await rows.transaction(async (writer) => {
      const read = await readAll(writer, selection);
      const keys = read.map(([v = null, id = null]): Row => [v, id]);
      expect(await writer.claim(selection, keys)).toBe(3);
      expect(await writer.remove(selection, keys)).toBe(3);
      // As a file would carry them.
      await writer.insert('t', selection.columns, JSON.parse(JSON.stringify(read)) as Row[]);
      return read;
    });

    expect(await content()).toEqual(before);
    const keys = found.map((row) => row.slice(0, 2));
    expect([...keys].sort((a, b) => compareKeys(a, b, [byValue, true]))).toEqual(keys);
  });

  it('a sequence goes on behind the ids that were written, for serial and for identity', async () => {
    await database.query(`CREATE TABLE a (owner integer, id serial PRIMARY KEY);
      CREATE TABLE b (owner integer, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
      INSERT INTO a (owner) VALUES (1); INSERT INTO b (owner) VALUES (1)`);
    await rows.transaction(async (writer) => {
      for (const table of ['a', 'b'])
        await writer.insert(
          table,
          ['owner', 'id'],
          [
            [1, 40],
            [1, 7],
          ],
        );
    });
    await database.query('INSERT INTO a (owner) VALUES (2); INSERT INTO b (owner) VALUES (2)');
    expect(await database.query('SELECT id FROM a WHERE owner = 2')).toEqual([['41']]);
    expect(await database.query('SELECT id FROM b WHERE owner = 2')).toEqual([['41']]);
    const greatest = await rows.snapshot((reader) =>
      reader.greatest([
        { table: 'a', column: 'id' },
        { table: 'b', column: 'owner' },
      ]),
    );
    expect(greatest).toEqual([41n, 2n]);
  });

  it('a sequence that is ahead is left alone', async () => {
    await database.query(
      `CREATE TABLE a (owner integer, id serial PRIMARY KEY); SELECT setval('a_id_seq', 100)`,
    );
    await rows.transaction((writer) => writer.insert('a', ['owner', 'id'], [[1, 40]]));
    expect(await database.query(`SELECT nextval('a_id_seq')`)).toEqual([['101']]);
  });

  it('the rows of a partitioned table are those of its partitions', async () => {
    await database.query(`CREATE TABLE p (owner integer NOT NULL, id integer NOT NULL, PRIMARY KEY (owner, id))
        PARTITION BY LIST (owner);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT;
      INSERT INTO p VALUES (1, 1), (1, 2), (2, 1)`);
    expect((await rows.schema()).tables.map(({ name }) => name)).toEqual(['p']);
    const selection = { table: 'p', columns: ['owner', 'id'], key: ['owner', 'id'], owner: root, rootKey: 1 };
    await rows.transaction(async (writer) => {
      const read = await readAll(writer, selection);
      expect(await writer.removeAll(selection)).toBe(2);
      await writer.insert('p', selection.columns, read);
    });
    expect(await database.query('SELECT * FROM p ORDER BY owner, id')).toEqual([
      ['1', '1'],
      ['1', '2'],
      ['2', '1'],
    ]);
  });

  it('a tree is followed to its end, and a text may name a number', async () => {
    await database.query(`CREATE TABLE projects (owner integer PRIMARY KEY);
      CREATE TABLE nodes (id integer PRIMARY KEY, up integer, project varchar(9), label char(3) COLLATE "C");
      CREATE TABLE notes (id integer PRIMARY KEY, node text);
      INSERT INTO projects VALUES (1), (2);
      INSERT INTO nodes SELECT n, n - 1, CASE n WHEN 1 THEN '1' WHEN 500 THEN '2' END, 'x' FROM generate_series(1, 999) n;
      UPDATE nodes SET up = NULL WHERE id = 500; INSERT INTO notes VALUES (1, '3'), (2, '700')`);
    const closure: Closure = {
      members: [
        {
          table: 'nodes',
          referenced: [['id']],
          seeds: [{ columns: ['project'], parent: 'projects', parentColumns: ['owner'], parentOwner: root }],
          steps: [{ columns: ['up'], parent: 'nodes', parentColumns: ['id'] }],
        },
        {
          table: 'notes',
          referenced: [['id', 'node']],
          seeds: [],
          steps: [{ columns: ['node'], parent: 'nodes', parentColumns: ['id'] }],
        },
      ],
    };
    const member = (table: string, columns: string[]): RowSelection => ({
      table,
      columns: ['id'],
      key: ['id'],
      owner: { kind: 'member', closure, table, columns },
      rootKey: 1,
    });
    const [nodes, notes] = await rows.snapshot(async (reader) => [
      await readAll(reader, member('nodes', ['id'])),
      await readAll(reader, member('notes', ['id', 'node'])),
    ]);
    expect(nodes).toHaveLength(499);
    expect(notes).toEqual([[1]]);
    expect(await rows.transaction((writer) => writer.removeAll(member('nodes', ['id'])))).toBe(499);
    expect(await database.query('SELECT count(*), min(id) FROM nodes')).toEqual([['500', '500']]);
  });

  it('rehearsed rows are never seen by anybody', async () => {
    await database.query(`CREATE TABLE a (owner integer, id serial PRIMARY KEY, name text UNIQUE)`);
    const place = { id: 'trial', workFolder: '/nonexistent' };
    const count = await rows.rehearsal(['a'], place, async (writer) => {
      await writer.insert('a', ['owner', 'id', 'name'], [[1, 5, 'x']]);
      expect(await database.query('SELECT 1 FROM a')).toEqual([]);
      return writer.count('a');
    });
    expect(count).toBe(1);
    expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE '%trial%'`)).toEqual([]);
    await expect(
      rows.rehearsal(['a'], place, (writer) =>
        writer.insert(
          'a',
          ['id', 'name'],
          [
            [5, 'x'],
            [6, 'x'],
          ],
        ),
      ),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});
