/** A table below `projects` with every type and name that has ever been lost on the way, on MySQL and on SQLite. */

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('hex');

export const mysqlNastyName = '`na``sty "tab\'le" 100% ?`';

export const mysqlNastyTable = `
  CREATE TABLE ${mysqlNastyName} (
    \`i?d\` BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, \`project %s\` INT NOT NULL,
    \`a \`\`col'umn" ?\` VARCHAR(40), tiny TINYINT, flag TINYINT(1) UNSIGNED ZEROFILL, big BIGINT, ubig BIGINT UNSIGNED,
    money DECIMAL(65,30), f FLOAT, d DOUBLE, dt DATETIME(6), ts TIMESTAMP(6) NULL, day DATE, t TIME(6), y YEAR,
    b1 BIT(1), b64 BIT(64), bin BINARY(8), vbin VARBINARY(300), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB,
    js JSON, en ENUM('z','a','Å') CHARACTER SET latin1, e0 ENUM('x',''), se SET('b','a','c'),
    pt POINT, poly POLYGON, geo GEOMETRY, l1 VARCHAR(20) CHARACTER SET latin1, u3 TEXT CHARACTER SET utf8mb3,
    txt LONGTEXT CHARACTER SET utf8mb4,
    kept BIGINT GENERATED ALWAYS AS (tiny * 2) STORED, virt BIGINT GENERATED ALWAYS AS (tiny * 3) VIRTUAL,
    hidden INT NOT NULL DEFAULT 7 INVISIBLE,
    FOREIGN KEY (\`project %s\`) REFERENCES projects (id) ON DELETE CASCADE
  ) DEFAULT CHARSET=utf8mb4`;

const written = [
  '`project %s`, `a ``col\'umn" ?`, tiny, flag, big, ubig, money, f, d, dt, ts, day, t, y, b1, b64, bin, vbin, tb, bl, mb,',
  'lb, js, en, e0, se, pt, poly, geo, l1, u3, txt, hidden',
].join(' ');

const polygon = `ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0))')`;
const bytes = `X'${allBytes}', X'00', X'${allBytes}', X'ff00fe', X'c328a0a1${allBytes}'`;

/** Rows of the project 1, as the rest of an INSERT. For a session in UTC that allows zero dates. */
const mysqlRows = [
  `(1, 'it''s \\\\ "x" \`y\` ? %s 😀', -128, 5, -9223372036854775808, 18446744073709551615,
    -99999999999999999999999999999999999.999999999999999999999999999999, 0.1, 0.1, '9999-12-31 23:59:59.999999',
    '2038-01-19 03:14:07.999999', '9999-12-31', '-838:59:58.999999', 2155, b'1',
    b'1111111111111111111111111111111111111111111111111111111111111111', X'0102', ${bytes},
    '{"a": 1.0, "n": 18446744073709551615, "s": "x\\\\"\\\\n\\\\u00e9😀", "deep": [[[{}]]]}', 'Å', 'x', 'b,c',
    ST_GeomFromText('POINT(1.5 -2.25)', 4326), ${polygon}, ST_GeomFromText('MULTIPOINT(1 1,2 2)'), 'Äé€', 'ærø ✓',
    CONCAT('😀', CHAR(0), '\\r\\n\\t\\Z', CHAR(92), ' end  '), 8)`,
  // The same time of day before and after the clocks of Oslo are put back.
  `(1, '', 127, 0, 9223372036854775807, 0, 0.000000000000000000000000000001, 16777215, 1.7976931348623157e308,
    '2024-10-27 02:30:00.000001', '2024-10-27 00:30:00.000001', '2024-02-29', '838:59:59.000000', 1901, b'0', b'0', X'',
    X'', X'', X'', X'', X'', '[]', 'a', '', '', NULL, NULL, NULL, '', '', '', -1)`,
  `(1, NULL, 0, NULL, 9007199254740993, 9007199254740992, 1, 3.4028234e38, 2.2250738585072014e-308,
    '0000-00-00 00:00:00', '2024-10-27 01:30:00.000001', '0000-00-00', '00:00:00.000001', 0, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, 'null', 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0)`,
  `(1, ' ', 7, 0, 9007199254740991, 1, -1.5, -1.4e-45, '-0', '2024-02-31 00:00:00', NULL, '2024-02-31', '-00:00:01',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0)`,
];

export const mysqlNastyFill = [
  `INSERT INTO ${mysqlNastyName} (${written}) VALUES ${mysqlRows.join(', ')}`,
  `INSERT INTO ${mysqlNastyName} (\`i?d\`, \`project %s\`) VALUES (0, 1), (18446744073709551615, 1), (77, 2)`,
].join('; ');

export const sqliteNastyTable = `
  CREATE TABLE "na""sty 'tab\`le' 100% ?" (
    "i?d" INTEGER PRIMARY KEY, "project %s" INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    "a ""col'umn" TEXT, big BIGINT, num NUMERIC, r REAL, anything, blob BLOB, yes BOOLEAN, day DATE, y YEAR,
    doubled GENERATED ALWAYS AS (big + 1) STORED, tripled AS (r * 2) VIRTUAL)`;

export const sqliteNastyFill = `
  INSERT INTO "na""sty 'tab\`le' 100% ?" VALUES
    (9223372036854775807, 1, 'it''s "x" \`y\` ? %s 😀', -9223372036854775808, 9007199254740993, 1.0, 5, X'${allBytes}', 1,
      '2024-02-31', 2024),
    (-9223372036854775808, 1, '', 9007199254740991, 0.1, 9e999, 'text', X'', 0, '', 10),
    (0, 1, 'a' || char(0) || 'b' || char(0), 0, 1e300, -9e999, 5.0, X'00', NULL, NULL, 9),
    (1, 1, char(65533) || char(8232), 1, '12abc', 5e-324, X'c328', X'ff00fe', 'x', 0, '9'),
    (2, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, 1, char(1, 9, 10, 13, 31, 127), 3, -0.0, -0.0, -1.5e-10, 'text in a blob', 2, 3.25, 'MMXXIV'),
    (77, 2, 'of another project', 1, 1, 1, 1, X'01', 1, 1, 1)`;
