/** Makes a schema: two projects with half of the rows each; a row is some 250 bytes of SQL. */
export async function fill(connection, schema, megabytes) {
  const rows = Math.ceil((megabytes * 1024 * 1024) / 250);
  for (const statement of [
    `CREATE DATABASE ${schema}`,
    `USE ${schema}`,
    'CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(40))',
    "INSERT INTO projects VALUES (1, 'one'), (2, 'two')",
    `CREATE TABLE texts (id INT AUTO_INCREMENT PRIMARY KEY, project_id INT NOT NULL, name VARCHAR(64) NOT NULL, body TEXT NOT NULL,
       FOREIGN KEY (project_id) REFERENCES projects (id))`,
    "INSERT INTO texts (project_id, name, body) VALUES (1, 'first', REPEAT('a text of some length, ', 7))",
  ]) {
    await connection.query(statement);
  }
  for (let count = 1; count < rows;) {
    const more = Math.min(count, rows - count, 500_000);
    await connection.query(
      `INSERT INTO texts (project_id, name, body) SELECT 1 + id % 2, CONCAT('name of ', id), CONCAT(UUID(), body) FROM
         (SELECT id, LEFT(REVERSE(body), 160) AS body FROM texts ORDER BY id LIMIT ${more}) AS some`,
    );
    count += more;
  }
}
