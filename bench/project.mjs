/**
 * `node bench/project.mjs [rows]`: one project of a million rows beside as many of others: its backup, a preview and a
 * restore when 1 % of its rows differ, a restore when all of them are gone, and a copy: time and the highest resident memory
 * of the service's process (VmHWM, Linux). Data in a private MariaDB, or where HOLDFAST_BENCH_URL says (root).
 */
import { createConnection } from 'mysql2/promise';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { runScript } from '../scripts/lib/lifetime.mjs';
import { address, startMeasured } from './lib/measured-service.mjs';

const schema = 'holdfast_bench_project';
const route = '/api/v1/projects/1/backup';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const rows = Number(process.argv[2] ?? 1_000_000);
  const server = await address();
  const connection = await createConnection({ ...server, multipleStatements: true });
  const drop = () => connection.query(`DROP DATABASE IF EXISTS ${schema}`);
  await drop();
  await fill(connection, rows);
  const work = { rows };
  const { measured, stop } = await startMeasured(server, schema, work);
  const { filename } = (await measured('backup', route, {})).backup;
  await connection.query(`UPDATE ${schema}.translations SET body = 'damaged' WHERE id % 200 = 0 AND phrase_id % 2 = 1;
    DELETE FROM ${schema}.translations WHERE id % 200 = 1 AND phrase_id % 2 = 1`);
  await measured('preview', `${route}/preview`, { filename });
  await measured('restore 1 %', `${route}/restore`, { filename });
  await connection.query(
    `DELETE t FROM ${schema}.translations t JOIN ${schema}.phrases p ON p.id = t.phrase_id WHERE p.project_id = 1`,
  );
  await measured('restore all', `${route}/restore`, { filename });
  await measured('copy', `${route}/restore`, { filename, mode: 'copy' });
  console.table([work]);
  await stop();
  await drop();
  await connection.end();
});

/** Two projects; ten translations to a phrase, of some 120 bytes each. */
async function fill(connection, rows) {
  await connection.query(`CREATE DATABASE ${schema}; USE ${schema};
    CREATE TABLE projects (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40));
    CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(40));
    CREATE TABLE phrases (id INT AUTO_INCREMENT PRIMARY KEY, project_id INT NOT NULL, name VARCHAR(64) NOT NULL,
      FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE, UNIQUE (project_id, name));
    CREATE TABLE translations (id INT AUTO_INCREMENT PRIMARY KEY, phrase_id INT NOT NULL, language INT NOT NULL, body TEXT NOT NULL,
      translator_id INT, FOREIGN KEY (phrase_id) REFERENCES phrases (id) ON DELETE CASCADE,
      FOREIGN KEY (translator_id) REFERENCES users (id), UNIQUE (phrase_id, language));
    INSERT INTO projects VALUES (1, 'one'), (2, 'two'); INSERT INTO users VALUES (1, 'ada'), (2, 'bob');
    CREATE TABLE digits (n INT PRIMARY KEY); INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)`);
  const phrases = Math.ceil(rows / 10);
  for (let first = 1; first <= 2 * phrases; first += 10_000) {
    const last = Math.min(first + 9_999, 2 * phrases);
    await connection.query(`INSERT INTO phrases SELECT n, 2 - n % 2, CONCAT('phrase ', n) FROM
        (SELECT ${first} + a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM digits a, digits b, digits c, digits d) some
        WHERE n <= ${last};
      INSERT INTO translations (phrase_id, language, body, translator_id) SELECT p.id, d.n, CONCAT(UUID(), ' a text of some length, said in a language ', p.id), 1 + d.n % 2
        FROM phrases p, digits d WHERE p.id BETWEEN ${first} AND ${last}`);
  }
  await connection.query('DROP TABLE digits');
}
