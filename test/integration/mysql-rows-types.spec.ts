import type { Cell, Row, RowSelection } from '../../src/engines/rows.types.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { connect } from '../../src/engines/mysql/connection.js';
import { MysqlRows } from '../../src/engines/mysql/rows/mysql-rows.js';
import { describeOnServers, temporarySchema, type TemporarySchema } from '../support/servers.js';

const nasty = '`na``sty "tab\'le" 100% ?`';
const nastyName = 'na`sty "tab\'le" 100% ?';

const tables = `
  CREATE TABLE ${nasty} (
    \`i?d\` BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    \`a \`\`col'umn"\` VARCHAR(40),
    tiny TINYINT, flag TINYINT(1) UNSIGNED ZEROFILL, medium MEDIUMINT, whole INT, big BIGINT,
    money DECIMAL(65,30), plain DECIMAL(20,0), f FLOAT, d DOUBLE,
    dt DATETIME(6), ts TIMESTAMP(3) NULL, day DATE, t TIME(6), y YEAR, b1 BIT(1), b64 BIT(64), b13 BIT(13),
    bin BINARY(8), vbin VARBINARY(300), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB,
    js JSON, en ENUM('z','a','Å') CHARACTER SET latin1, e0 ENUM('x',''), se SET('b','a','c'),
    pt POINT, poly POLYGON, geo GEOMETRY, l1 VARCHAR(20) CHARACTER SET latin1, u3 TEXT CHARACTER SET utf8mb3,
    txt LONGTEXT CHARACTER SET utf8mb4,
    doubled INT GENERATED ALWAYS AS (whole * 2) STORED, tripled INT GENERATED ALWAYS AS (whole * 3) VIRTUAL,
    hidden INT NOT NULL DEFAULT 7 INVISIBLE
  ) DEFAULT CHARSET=utf8mb4`;

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('hex');
const columnsInFill =
  '`a ``col\'umn"`,tiny,flag,medium,whole,big,money,plain,f,d,dt,ts,day,t,y,b1,b64,b13,bin,vbin,tb,bl,mb,lb,js,en,e0,se,pt,poly,geo,l1,u3,txt,hidden';
const fills = [
  `('it''s \\\\ "x" \`y\` ? %s 😀', -128, 5, -8388608, -2147483648, -9223372036854775808,
    -99999999999999999999999999999999999.999999999999999999999999999999, -99999999999999999999, 0.1, 0.1,
    '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.999', '9999-12-31', '-838:59:58.999999', 2155, b'1',
    b'1111111111111111111111111111111111111111111111111111111111111111', b'1000000000101', X'0102', X'${allBytes}',
    X'00', X'${allBytes}', X'ff00fe', X'c328a0a1', '{"a": 1.0, "n": 18446744073709551615, "s": "x\\\\"\\\\n😀"}',
    'Å', 'x', 'b,c', ST_GeomFromText('POINT(1.5 -2.25)', 4326), ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0))'),
    ST_GeomFromText('MULTIPOINT(1 1,2 2)'), 'Äé€', 'ærø ✓', CONCAT('😀', CHAR(0), '\\r\\n\\t\\Z', CHAR(92), ' end  '), 8)`,
  `('', 127, 0, 8388607, 2147483647, 9223372036854775807, 0.000000000000000000000000000001, 0, 16777215,
    1.7976931348623157e308, '2024-10-27 01:30:00.000001', '2024-10-27 00:30:00', '2024-02-29', '838:59:59.000000',
    1901, b'0', b'0', b'1', X'', X'', X'', X'', X'', X'', '[]', 'a', '', '', NULL, NULL, NULL, '', '', '', -1)`,
  `(NULL, 0, NULL, 0, 0, 9007199254740993, 1, 1, 3.4028234e38, 2.2250738585072014e-308,
    '0000-00-00 00:00:00', '2024-10-27 01:30:00', '0000-00-00', '00:00:00.000001', 0, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, 'null', 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0)`,
  `(NULL, 0, 0, 0, 7, 9007199254740991, -1.5, 1, -1.4e-45, '-0', '2024-02-31 00:00:00', NULL, '2024-02-31', '-00:00:01',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0)`,
];

describeOnServers('Rows of every type', (server) => {
  let schema: TemporarySchema;
  let rows: MysqlRows;

  beforeAll(async () => {
    schema = await temporarySchema(server);
    const address = parseDatabaseUrl(schema.url);
    if (address.engine !== 'mysql') throw new Error('not a MySQL address');
    rows = new MysqlRows((options) => connect(address, options), address.database);
    await schema.connection.query(
      "SET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'",
    );
  });

  afterAll(() => schema.drop());

  async function roundTrip(from: string, to: string): Promise<Row[]> {
    const selection = await selectionOf(from);
    const file = JSON.stringify(await rows.snapshot((reader) => all(reader.read(selection))));
    const cells = JSON.parse(file) as Row[];
    await rows.transaction((writer) => writer.insert(to, selection.columns, cells));
    return cells;
  }

  /** The whole table as the rows of one project, which a column `p` of the value 1 stands for. */
  async function selectionOf(table: string): Promise<RowSelection> {
    const found = (await rows.schema()).tables.find(({ name }) => name === table);
    if (!found) throw new Error(`no table ${table}`);
    const columns = found.columns.filter(({ generated }) => !generated).map(({ name }) => name);
    const key = found.primaryKey.length > 0 ? found.primaryKey : columns;
    return { table, columns, key, owner: { kind: 'root', column: 'p' }, rootKey: 1 };
  }

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    return (await schema.connection.query(sql))[0] as Record<string, unknown>[];
  }

  async function expectEqualTables(left: string, right: string): Promise<void> {
    const [one, other] = await query(`CHECKSUM TABLE ${left}, ${right} EXTENDED`);
    expect(one?.['Checksum']).not.toBeNull();
    expect(other?.['Checksum']).toEqual(one?.['Checksum']);
  }

  it('survive the way through JSON into an empty copy to the byte', async () => {
    await query(tables);
    await query(`ALTER TABLE ${nasty} ADD p INT NOT NULL DEFAULT 1`);
    await query(`CREATE TABLE copy LIKE ${nasty}`);
    for (const fill of fills) await query(`INSERT INTO ${nasty} (${columnsInFill}) VALUES ${fill}`);
    await query(`INSERT INTO ${nasty} (\`i?d\`) VALUES (0), (18446744073709551615)`);
    const cells = await roundTrip(nastyName, 'copy');
    expect(cells.length).toBe(fills.length + 2);

    const [names] = (await schema.connection.query({
      sql: `SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'copy'`,
      rowsAsArray: true,
    })) as unknown as [[string][]];
    const hex = names
      .map(([name]) => `COALESCE(HEX(\`${name.replaceAll('`', '``')}\`), 'NULL')`)
      .join(", '|', ");
    const dump = (table: string) => query(`SELECT CONCAT(${hex}) AS h FROM ${table} ORDER BY \`i?d\``);
    expect(await dump('copy')).toEqual(await dump(nasty));
    await expectEqualTables(nasty, 'copy');
  });

  it('come as the cells that the contract names', async () => {
    const selection = await selectionOf(nastyName);
    const [, first] = await rows.snapshot((reader) => all(reader.read(selection)));
    const cell = (name: string) => first?.[selection.columns.indexOf(name)];
    expect(selection.columns).not.toContain('doubled');
    expect(selection.columns).not.toContain('tripled');
    expect(selection.columns).toContain('hidden');
    expect(cell('big')).toEqual({ $int: '-9223372036854775808' });
    expect(cell('money')).toBe('-99999999999999999999999999999999999.999999999999999999999999999999');
    expect(cell('d')).toBe(0.1);
    expect(cell('ts')).toBe('2038-01-19 03:14:07.999');
    expect(cell('t')).toBe('-838:59:58.999999');
    expect(cell('y')).toBe(2155);
    expect(cell('b13')).toEqual({ $bytes: Buffer.from([0x10, 0x05]).toString('base64') });
    expect(cell('vbin')).toEqual({ $bytes: Buffer.from(allBytes, 'hex').toString('base64') });
    expect(typeof cell('js')).toBe('string');
    expect(cell('en')).toBe('Å');
  });

  it('keep any double and any float', async () => {
    await query('CREATE TABLE reals (id INT PRIMARY KEY, p INT NOT NULL DEFAULT 1, d DOUBLE, f FLOAT)');
    await query('CREATE TABLE reals_copy LIKE reals');
    // The bit patterns are spread over all exponents; multiplying by an odd number visits them without repetition.
    const bits = Buffer.alloc(8);
    const numbers = Array.from({ length: 4000 }, (_, index) => {
      bits.writeBigUInt64BE((BigInt(index + 1) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn);
      return { double: bits.readDoubleBE(0), float: bits.readFloatBE(0) };
    }).filter(({ double, float }) => Number.isFinite(double) && Number.isFinite(float));
    const sql = numbers.map(
      ({ double, float }, index) => `(${index}, 1, ${double.toExponential()}, ${float.toExponential()})`,
    );
    await query(`INSERT INTO reals VALUES ${sql.join(',')}`);
    const cells = await roundTrip('reals', 'reals_copy');
    expect(cells.map((row) => numberOf(row[2]))).toEqual(numbers.map(({ double }) => double));
    expect(cells.map((row) => Math.fround(numberOf(row[3])))).toEqual(numbers.map(({ float }) => float));
    await expectEqualTables('reals', 'reals_copy');
  });

  it('may be nearly as large as the server takes', async () => {
    const [limit] = await query('SELECT @@max_allowed_packet AS bytes');
    const size = Math.floor(Number(limit?.['bytes']) * 0.4);
    await query(
      'CREATE TABLE large (id INT PRIMARY KEY, p INT NOT NULL DEFAULT 1, bin LONGBLOB, txt LONGTEXT)',
    );
    await query('CREATE TABLE large_copy LIKE large');
    await query(`INSERT INTO large VALUES (1, 1, REPEAT(X'00FF', ${size}), 'x'), (3, 1, 'y', 'z')`);
    await query(`INSERT INTO large VALUES (2, 1, 'y', REPEAT('"', ${size}))`);
    await roundTrip('large', 'large_copy');
    await expectEqualTables('large', 'large_copy');
  });

  const keyTypes: Record<string, string[]> = {
    'BIGINT UNSIGNED': ['18446744073709551615', '9', '10', '9007199254740993'],
    'DECIMAL(30,2)': ['9.50', '10.00', '-3', '-20', '100.00'],
    DATE: ["'2024-02-29'", "'0000-00-00'", "'1999-12-31'"],
    'DATETIME(3)': ["'2024-02-29 10:00:00.001'", "'2024-02-29 10:00:00'", "'1999-12-31'"],
    TIME: ["'-01:00:00'", "'10:00:00'", "'100:00:00'", "'-838:59:59'"],
    "ENUM('zebra','apple','Äpfel')": ["'zebra'", "'apple'", "'Äpfel'"],
    "SET('z','a')": ["'z'", "'a'", "'z,a'"],
    'BIT(12)': ['1', '255', '256', '4095'],
    FLOAT: ['9.5', '10.5', '-1', '1e20', '3e-20'],
    DOUBLE: ['9.5', '1e15', '1e14', '-1', '2e-7'],
    'VARCHAR(20)': ["'b'", "'B'", "'ä'", "'Z'", "'😀'", "'\uffee'", "'a '"],
    'VARCHAR(20) CHARACTER SET latin1': ["'b'", "'C'", "'ä'", "'€'", "'Z'"],
    'VARBINARY(20)': ["X'ff'", "X'00'", "X'0001'", "X'7f80'", "''"],
    YEAR: ['1999', '2155', '1901'],
  };

  it.each(Object.entries(keyTypes))(
    'of the key type %s are read in the order of JavaScript',
    async (type, values) => {
      await query(`DROP TABLE IF EXISTS keyed`);
      const collation = type === 'VARCHAR(20)' ? ' COLLATE utf8mb4_bin' : '';
      await query(
        `CREATE TABLE keyed (k ${type}${collation} PRIMARY KEY, p INT NOT NULL) DEFAULT CHARSET=utf8mb4`,
      );
      await query(`INSERT INTO keyed VALUES ${values.map((value) => `(${value}, 1)`).join()}`);
      const selection = await selectionOf('keyed');
      const found = (await rows.snapshot((reader) => all(reader.read(selection)))).map(
        ([cell]) => cell ?? null,
      );
      expect(found.length).toBe(values.length);
      expect(found).toEqual([...found].sort(/INT|YEAR/.test(type) ? byValue : byText));

      const removed = await rows.transaction((writer) =>
        writer.remove(
          selection,
          found.map((cell) => [cell]),
        ),
      );
      expect(removed).toBe(values.length);
    },
  );

  it('without a key are ordered and removed by all their columns, exactly', async () => {
    await query('DROP TABLE IF EXISTS keyed');
    await query(
      'CREATE TABLE keyed (p INT, a VARCHAR(9), j JSON, d DOUBLE, g POINT) DEFAULT CHARSET=utf8mb4',
    );
    await query(
      `INSERT INTO keyed VALUES (1,'A','{}',0.1,NULL),(1,'a','{}',0.1,NULL),(1,NULL,NULL,NULL,NULL),
        (1,'a ','[1]',1e99,ST_GeomFromText('POINT(1 2)'))`,
    );
    const selection = await selectionOf('keyed');
    const found = await rows.snapshot((reader) => all(reader.read(selection)));
    expect(found.map((row) => row[1])).toEqual([null, 'A', 'a', 'a ']);
    const removed = await rows.transaction((writer) =>
      writer.remove(selection, [found[1] ?? [], found[0] ?? []]),
    );
    expect(removed).toBe(2);
    expect(await query('SELECT a FROM keyed ORDER BY CHAR_LENGTH(a)')).toEqual([{ a: 'a' }, { a: 'a ' }]);
    const rest = await rows.transaction((writer) => writer.remove(selection, found));
    expect(rest).toBe(2);
  });

  it.each([
    ['INT', '7'],
    ['INT', 1.5],
    ['INT', { $int: '1; DROP' }],
    ['DECIMAL(9,2)', '1 OR 1'],
    ['DATE', "2024-01-01' OR '1"],
    ['DOUBLE', { $real: 'x' }],
    ['VARBINARY(9)', { $bytes: '!!' }],
    ['TEXT', 5],
  ] as [string, Cell][])('that are not of the type %s are refused: %j', async (type, cell) => {
    await query('DROP TABLE IF EXISTS keyed');
    await query(`CREATE TABLE keyed (id INT PRIMARY KEY, v ${type})`);
    await expect(
      rows.transaction((writer) => writer.insert('keyed', ['id', 'v'], [[1, cell]])),
    ).rejects.toMatchObject({ code: 'artefact-unfit' });
  });

  it(`of the types that only ${server.name} has survive`, async () => {
    const [columns, values] =
      server.name === 'MariaDB'
        ? ['u UUID, i INET6, v INET4', "'60a0440c-e532-11f1-9f7e-02fc00000001', '::ffff:1.2.3.4', '1.2.3.4'"]
        : ['v VECTOR(3)', "STRING_TO_VECTOR('[1.5,-2,3]')"];
    await query(`CREATE TABLE own_types (p INT PRIMARY KEY, ${columns})`);
    await query('CREATE TABLE own_types_copy LIKE own_types');
    await query(`INSERT INTO own_types VALUES (1, ${values})`);
    await roundTrip('own_types', 'own_types_copy');
    await expectEqualTables('own_types', 'own_types_copy');
  });
});

async function all(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function numberOf(cell: Cell | undefined): number {
  return Number(typeof cell === 'object' && cell !== null && '$real' in cell ? cell.$real : cell);
}

function byValue(left: Cell, right: Cell): number {
  const value = (cell: Cell) =>
    BigInt(typeof cell === 'object' && cell && '$int' in cell ? cell.$int : Number(cell));
  return value(left) < value(right) ? -1 : 1;
}

function byText(left: Cell, right: Cell): number {
  const bytes = (cell: Cell) => {
    if (typeof cell !== 'object' || cell === null) return Buffer.from(String(cell));
    if ('$bytes' in cell) return Buffer.from(cell.$bytes, 'base64');
    return Buffer.from('$int' in cell ? cell.$int : cell.$real);
  };
  return Buffer.compare(bytes(left), bytes(right));
}
