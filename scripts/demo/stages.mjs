import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findServer, startDatabaseServer } from '../lib/database-server.mjs';
import { atEnd, Expected } from '../lib/lifetime.mjs';
import { fromRoot } from '../lib/paths.mjs';

/**
 * A stage is the database that the story is told on: `{ title, settings, open }`. `settings` are for the service;
 * `open`, called when the service runs, connects the demo itself.
 */
export async function sqliteStage(folder) {
  return {
    title: 'SQLite',
    // The service makes its demo database by itself when it is not told of another.
    settings: {},
    open: async () => {
      const { openSqlite } = await import('./sqlite.mjs');
      return closedAtEnd(openSqlite(join(folder, 'demo.db')));
    },
  };
}

export async function mysqlStage() {
  const server = findServer();
  if (!server) {
    throw new Expected(
      'There is no mariadbd or mysqld on this machine (Debian: apt-get install mariadb-server mariadb-client). ' +
        'Without --mysql the demo needs neither.',
    );
  }
  const { createConnection } = await import('mysql2/promise');
  const { openMysql } = await import('./mysql.mjs');
  const { host, port, user } = await startDatabaseServer(server);
  const password = randomBytes(18).toString('base64url');
  const root = await createConnection({ host, port, user });
  await root.query('CREATE DATABASE demo CHARACTER SET utf8mb4');
  // MariaDB makes root once for each name of this host.
  const [accounts] = await root.query("SELECT host AS host FROM mysql.user WHERE user = 'root'");
  for (const account of accounts)
    await root.query("ALTER USER 'root'@? IDENTIFIED BY ?", [account.host, password]);
  await root.end();

  const address = { host, port, user, password, database: 'demo' };
  const database = closedAtEnd(await openMysql(address));
  const { demoStatements } = await import(pathToFileURL(fromRoot('dist/databases/demo-statements.js')).href);
  for (const statement of demoStatements('mysql')) await database.run(statement);
  return {
    title: server.mariadb ? 'MariaDB' : 'MySQL',
    settings: { HOLDFAST_DATABASE_URL: `mysql://${user}:${password}@${host}:${port}/demo` },
    open: async () => database,
  };
}

function closedAtEnd(database) {
  atEnd(() => database.close());
  return database;
}
