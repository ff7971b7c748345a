import type { Connection } from 'mysql2/promise';

/**
 * 200 tables with one of everything that a full restore must carry, and what may have become of them since the backup.
 * docs/operations.md, "What a full restore does with what the backup does not know", is the outcome for each kind.
 */
export const wideTables = 200;

const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);

const kinds = { circle: 3, isam: 1 };
const chained = wideTables - kinds.circle - kinds.isam;

const tables = [
  ...numbered(chained).map(
    (
      i,
    ) => `CREATE TABLE t${i} (id INT AUTO_INCREMENT PRIMARY KEY, parent INT NULL, v VARCHAR(60), KEY (parent),
      CONSTRAINT f${i} FOREIGN KEY (parent) REFERENCES t${Math.max(0, i - 1)} (id)) ENGINE=InnoDB`,
  ),
  ...numbered(kinds.circle).map(
    (i) => `CREATE TABLE circle${i} (id INT PRIMARY KEY, next INT NULL,
      CONSTRAINT round${i} FOREIGN KEY (next) REFERENCES circle${(i + 1) % kinds.circle} (id)) ENGINE=InnoDB`,
  ),
  'CREATE TABLE isam (id INT PRIMARY KEY, v TEXT) ENGINE=MyISAM',
];

const rows = [
  ...numbered(chained).map((i) => `INSERT INTO t${i} (id, v) VALUES (1, 'one of ${i}'), (2, NULL)`),
  ...numbered(kinds.circle).map((i) => `INSERT INTO circle${i} VALUES (1, 1)`),
  `INSERT INTO isam VALUES (1, 'without transactions')`,
];

const objects = [
  ...numbered(40).map(
    (i) => `CREATE TRIGGER g${i} BEFORE INSERT ON t${i * 3} FOR EACH ROW SET NEW.v = TRIM(NEW.v)`,
  ),
  'CREATE FUNCTION half(n INT) RETURNS INT DETERMINISTIC RETURN n DIV 2',
  'CREATE FUNCTION quarter(n INT) RETURNS INT DETERMINISTIC RETURN half(half(n))',
  'CREATE VIEW names AS SELECT id, v FROM t5',
  'CREATE VIEW some_names AS SELECT id, v FROM names WHERE quarter(id) = 0',
  'CREATE VIEW counted AS SELECT COUNT(*) AS n FROM some_names JOIN circle0 USING (id)',
  'CREATE PROCEDURE tidy() DELETE FROM t6 WHERE id < 0',
  'CREATE PROCEDURE tidy_all() BEGIN CALL tidy(); SELECT * FROM counted; END',
  `CREATE EVENT weekly ON SCHEDULE EVERY 1 WEEK STARTS '2035-01-01 03:00:00' DO CALL tidy_all()`,
  `CREATE EVENT paused ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 03:00:00' DISABLE DO CALL tidy()`,
];

/** What live has since, and the backup does not know. */
const unknown = [
  'CREATE TABLE since (id INT PRIMARY KEY, t INT, CONSTRAINT since_t FOREIGN KEY (t) REFERENCES t7 (id)) ENGINE=InnoDB',
  'INSERT INTO since VALUES (1, 1), (2, NULL)',
  'CREATE TABLE since_isam (id INT PRIMARY KEY) ENGINE=MyISAM',
  'INSERT INTO since_isam VALUES (7)',
  'CREATE TRIGGER since_trigger BEFORE INSERT ON since FOR EACH ROW SET NEW.id = NEW.id + 1',
  'CREATE TRIGGER since_on_known BEFORE UPDATE ON t1 FOR EACH ROW SET NEW.v = UPPER(NEW.v)',
  'CREATE FUNCTION since_function() RETURNS INT DETERMINISTIC RETURN quarter(16)',
  'CREATE VIEW since_view AS SELECT since_function() AS n, id FROM since',
  'CREATE PROCEDURE since_procedure() SELECT * FROM since_view',
  `CREATE EVENT since_event ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 03:00:00' DO CALL since_procedure()`,
];

/** What became of what the backup does know. */
const changes = [
  'DROP TABLE t10',
  'RENAME TABLE t20 TO renamed',
  'ALTER TABLE t32 ADD COLUMN extra INT NOT NULL DEFAULT 5, DROP COLUMN v',
  'ALTER TABLE t31 MODIFY v TEXT',
  'ALTER TABLE isam ENGINE=InnoDB',
  'DROP TRIGGER g1',
  'DROP VIEW counted',
  'CREATE OR REPLACE VIEW names AS SELECT id, UPPER(v) AS v FROM t5',
  'DROP PROCEDURE tidy_all',
  'DROP FUNCTION half',
  'CREATE FUNCTION half(n INT) RETURNS INT DETERMINISTIC RETURN n / 2',
  'DROP EVENT weekly',
  'ALTER EVENT paused ENABLE',
  `UPDATE t40 SET v = 'changed'`,
  'DELETE FROM circle1',
  `INSERT INTO t41 (v) VALUES ('added')`,
];

export const unknownTables = ['renamed', 'since', 'since_isam'];

export async function createWideSchema(connection: Connection): Promise<void> {
  await run(connection, [...tables, ...rows, ...objects]);
}

export async function changeWideSchema(connection: Connection): Promise<void> {
  await run(connection, [...changes, ...unknown]);
}

async function run(connection: Connection, statements: readonly string[]): Promise<void> {
  await connection.query('SET SESSION foreign_key_checks = 0');
  for (const sql of statements) await connection.query(sql);
  await connection.query('SET SESSION foreign_key_checks = 1');
}
