import type { Connection, RowDataPacket } from 'mysql2/promise';

/**
 * A shop whose schema has one of everything that a restore must carry: foreign keys (also a circle and a tree),
 * views on views and on functions, triggers, a procedure, functions, an event, a generated column, odd names.
 */
export const shopStatements = [
  `CREATE TABLE customers (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, favourite_order INT UNSIGNED NULL,
     UNIQUE KEY (name)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE TABLE orders (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED NOT NULL, parent_id INT UNSIGNED NULL,
     net DECIMAL(12,2) NOT NULL, gross DECIMAL(12,2) AS (net * 1.25) STORED, placed_at DATETIME(6) NOT NULL,
     CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
     CONSTRAINT orders_parent FOREIGN KEY (parent_id) REFERENCES orders (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  'ALTER TABLE customers ADD CONSTRAINT customers_order FOREIGN KEY (favourite_order) REFERENCES orders (id) ON DELETE SET NULL',
  `CREATE TABLE audit (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, what VARCHAR(200) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=latin1`,
  'CREATE TABLE `odd ``name\'s %? "table"` (`the ``key` INT PRIMARY KEY, `a b` TEXT) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
  'CREATE FUNCTION vat(amount DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN amount * 0.25',
  "CREATE FUNCTION `it's``odd`() RETURNS INT DETERMINISTIC RETURN 7",
  `CREATE PROCEDURE prune() BEGIN
     -- don't trip over this comment; nor over INSERT INTO \`x\` VALUES (
     DELETE FROM audit WHERE id < 0;
   END`,
  `CREATE TRIGGER orders_audit AFTER INSERT ON orders FOR EACH ROW
     INSERT INTO audit (what) VALUES (CONCAT('order ', NEW.id, '; "æøå"'))`,
  'CREATE TRIGGER customers_trim BEFORE UPDATE ON customers FOR EACH ROW SET NEW.name = TRIM(NEW.name)',
  'CREATE VIEW totals AS SELECT customer_id, SUM(gross) AS total, SUM(vat(net)) AS vat FROM orders GROUP BY customer_id',
  'CREATE VIEW best AS SELECT c.name, t.total FROM customers c JOIN totals t ON t.customer_id = c.id WHERE t.total > 1',
  `CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' DO CALL prune()`,
  `INSERT INTO customers (id, name) VALUES (1, 'Åse'), (2, 'Bjørn; DROP TABLE "x"'), (3, '日本 😀')`,
  `INSERT INTO orders (id, customer_id, parent_id, net, placed_at) VALUES
     (1, 1, NULL, 10.10, '2026-01-01 10:00:00.123456'), (2, 1, 1, 20.20, '2026-03-29 02:30:00'), (3, 3, NULL, 0.01, '1970-01-01 00:00:01')`,
  'UPDATE customers SET favourite_order = 2 WHERE id = 1',
  "INSERT INTO `odd ``name's %? \"table\"` VALUES (1, 'it''s ),( a \\\\ back\\nslash'), (2, NULL), (3, '-- Dump completed')",
];

export async function createShop(connection: Connection): Promise<void> {
  for (const statement of shopStatements) await connection.query(statement);
}

/** Everything that can be seen of a schema: checksums and definitions of all it holds. Equal means restored. */
export async function portrait(connection: Connection, schema: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  const rows = async (sql: string, values: string[] = []) =>
    (await connection.query<RowDataPacket[]>(sql, values))[0] as Record<string, unknown>[];
  const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  const inSchema = (name: unknown) => `${quote(schema)}.${quote(String(name))}`;
  await connection.query(`USE ${quote(schema)}`);

  for (const { name, type } of await rows(
    'SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = ?',
    [schema],
  )) {
    const isView = type === 'VIEW';
    if (!isView) {
      const [checksum] = await rows(`CHECKSUM TABLE ${inSchema(name)} EXTENDED`);
      seen[`rows of ${String(name)}`] = String(checksum?.['Checksum']);
    }
    const [definition] = await rows(`SHOW CREATE ${isView ? 'VIEW' : 'TABLE'} ${inSchema(name)}`);
    seen[`definition of ${String(name)}`] = withoutPlace(
      definition?.[isView ? 'Create View' : 'Create Table'],
      schema,
    );
  }
  for (const { name, type } of await rows(
    'SELECT routine_name AS name, routine_type AS type FROM information_schema.routines WHERE routine_schema = ?',
    [schema],
  )) {
    const [routine] = await rows(`SHOW CREATE ${String(type)} ${inSchema(name)}`);
    seen[`${String(type)} ${String(name)}`] = withoutPlace(JSON.stringify(routine), schema);
  }
  for (const { name } of await rows(
    'SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = ?',
    [schema],
  )) {
    const [trigger] = await rows(`SHOW CREATE TRIGGER ${inSchema(name)}`);
    seen[`trigger ${String(name)}`] = withoutPlace(JSON.stringify({ ...trigger, Created: null }), schema);
  }
  for (const { name } of await rows(
    'SELECT event_name AS name FROM information_schema.events WHERE event_schema = ?',
    [schema],
  )) {
    const [event] = await rows(`SHOW CREATE EVENT ${inSchema(name)}`);
    seen[`event ${String(name)}`] = JSON.stringify(event);
  }
  return seen;
}

/** The schema's own name stands in some definitions; counters of a table grow by themselves. */
function withoutPlace(definition: unknown, schema: string): string {
  return String(definition).replaceAll(schema, 'THE_SCHEMA');
}

/** The schemas beside `schema` that restores have made: staging and undo. */
export async function companions(connection: Connection, schema: string): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ? ORDER BY 1',
    [`${schema}\\_holdfast\\_%`],
  );
  return rows.map(({ name }) => String(name));
}
