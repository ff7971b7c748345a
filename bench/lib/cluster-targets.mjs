import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { join } from 'node:path';
import { atEnd } from '../../scripts/lib/lifetime.mjs';

const catalogue = 'holdfast_bench_cluster';
const rowBytes = 1_000;
const rowsAtOnce = 500;

/** An empty schema for the catalogue; `begunAnew` tells how many jobs more than one process has begun. */
export async function makeCatalogue(server) {
  const connection = await makeSchema(server, catalogue);
  const begunAnew = async () => {
    const [[{ count }]] = await connection.query('SELECT COUNT(*) AS count FROM jobs WHERE attempts > 1');
    return count;
  };
  return { url: urlOf(server, catalogue), begunAnew };
}

/** Databases to back up, half of them SQLite files in `folder`, with some `megabytes` each: `[{ name, url }]`. */
export async function makeTargets(server, folder, count, megabytes) {
  const targets = [];
  for (let number = 1; number <= count; number++) {
    const name = `bench-${number}`;
    const url = number % 2 ? await makeTables(server, number, megabytes) : makeFile(folder, name, megabytes);
    targets.push({ name, url });
  }
  return targets;
}

async function makeTables(server, number, megabytes) {
  const schema = `${catalogue}_${number}`;
  const connection = await makeSchema(server, schema);
  await connection.query('CREATE TABLE notes (id INT PRIMARY KEY, body TEXT NOT NULL)');
  for (const rows of rowsOf(megabytes)) await connection.query('INSERT INTO notes VALUES ?', [rows]);
  return urlOf(server, schema);
}

async function makeSchema(server, schema) {
  const connection = await createConnection({ ...server, multipleStatements: true });
  await connection.query(`DROP DATABASE IF EXISTS ${schema}; CREATE DATABASE ${schema}; USE ${schema}`);
  atEnd(async () => {
    await connection.query(`DROP DATABASE ${schema}`);
    await connection.end();
  });
  return connection;
}

function makeFile(folder, name, megabytes) {
  const path = join(folder, `${name}.db`);
  const database = new Database(path);
  database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO notes VALUES (?, ?)');
  database.transaction(() => {
    for (const rows of rowsOf(megabytes)) for (const row of rows) insert.run(row);
  })();
  database.close();
  return `sqlite:${path}`;
}

function* rowsOf(megabytes) {
  const count = (megabytes * 1_000_000) / rowBytes;
  for (let first = 0; first < count; first += rowsAtOnce) {
    yield Array.from({ length: rowsAtOnce }, (_, index) => [
      first + index,
      String(first + index).padEnd(rowBytes, ' of a note'),
    ]);
  }
}

function urlOf({ host, port, user, password }, schema) {
  return `mysql://${user}:${password}@${host}:${port}/${schema}`;
}
