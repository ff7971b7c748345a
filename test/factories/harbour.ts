import type { Target } from './target.js';

/**
 * The application whose project files are kept in test/fixtures/project-files/, one of each version of the format and kind of
 * engine. Files of the past fit it for ever: what is in one must not change.
 */
const tables = {
  sqlite: `
    CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);
    CREATE TABLE areas (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, name VARCHAR(20),
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE TABLE items (area_id INTEGER NOT NULL, code VARCHAR(20) NOT NULL, body TEXT, big BIGINT, weight REAL, bytes BLOB,
      PRIMARY KEY (area_id, code), FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE);
    INSERT INTO items VALUES (10, 'B', 'x', 9223372036854775807, 1.0, x'00ff270a'), (10, 'a', 'it''s
two lines, "quoted" 😀', -1, 0.1, NULL), (11, 'ä', '', NULL, 9e999, x''), (20, 'of Two', NULL, 5, -1e300, NULL)`,
  mysql: `
    CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL);
    CREATE TABLE areas (id INT PRIMARY KEY, project_id INT NOT NULL, name VARCHAR(20),
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE TABLE items (area_id INT NOT NULL, code VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, body TEXT CHARACTER SET utf8mb4,
      big BIGINT UNSIGNED, price DECIMAL(30,10), weight DOUBLE, bytes BLOB, bits BIT(10), at DATETIME(6), stamp TIMESTAMP NULL,
      PRIMARY KEY (area_id, code), FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE);
    INSERT INTO items VALUES (10, 'B', 'x', 18446744073709551615, 12345678901234567890.0123456789, 1e300, x'00ff270a', b'1000000001',
      '2026-03-29 02:30:00.123456', '2026-03-01 10:00:00'), (10, 'a', 'it''s\\ntwo lines, "quoted" 😀', 0, -0.5, 0.1, NULL, NULL, NULL, NULL),
      (11, 'ä', '', NULL, NULL, -0.0, '', b'0', '1000-01-01', '2038-01-19 03:14:07'), (20, 'of Two', NULL, 5, 5, 5, NULL, NULL, NULL, NULL)`,
  postgres: `
    CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL);
    CREATE TABLE areas (id INT PRIMARY KEY, project_id INT NOT NULL, name VARCHAR(20),
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE TABLE items (area_id INT NOT NULL, code VARCHAR(20) NOT NULL, body TEXT, big BIGINT, price NUMERIC, weight FLOAT8, bytes BYTEA,
      tags TEXT[], span INT8RANGE, document JSONB, at TIMESTAMP, stamp TIMESTAMPTZ, mark UUID,
      PRIMARY KEY (area_id, code), FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE);
    INSERT INTO items VALUES (10, 'B', 'x', 9223372036854775807, 12345678901234567890.01234567890, 1e300, X'00ff270a', '{a,NULL,"b c"}', '[1,5)',
      '{"b": 1.0, "a": [null]}', '2026-03-29 02:30:00.123456', '2026-03-01 10:00:00+02', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'),
      (10, 'a', 'it''s\ntwo lines, "quoted" 😀', 0, 'NaN', 0.1, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (11, 'ä', '', NULL, NULL, -0.0, X'', '{}', 'empty', 'null', '-infinity', '4000-01-01 BC', NULL),
      (20, 'of Two', NULL, 5, 5, 'Infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
};

const others = `
  CREATE TABLE flags (code VARCHAR(5) NOT NULL PRIMARY KEY, meaning VARCHAR(20));
  INSERT INTO flags VALUES ('A', 'diver below'), ('Q', NULL);
  INSERT INTO projects VALUES (1, 'Harbour'), (2, 'Two');
  INSERT INTO areas VALUES (10, 1, 'quay'), (11, 1, NULL), (12, 1, ''), (20, 2, 'elsewhere')`;

/** Since version 1.1 its flags are in each file. */
export const harbourScope = 'databases: { default: { when_empty: { flags: of everybody } } }';

export async function createHarbour(target: Target): Promise<void> {
  const [schema = '', rows = ''] = tables[target.kind].split(/(?=INSERT INTO items)/);
  await target.run(`${schema}${others}; ${rows}`);
}
