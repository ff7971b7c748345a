import { delimiter } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';

/** A real server that the tests were given; `url` is undefined when there is none. scripts/test.mjs starts MariaDB. */
export interface TestServer {
  name: 'MariaDB' | 'MySQL';
  url: string | undefined;
  /** A folder with the server's own programs, to be first on the PATH. */
  tools: string | undefined;
}

export const testServers: readonly TestServer[] = [
  { name: 'MariaDB', url: process.env['HOLDFAST_TEST_MARIADB_URL'], tools: undefined },
  {
    name: 'MySQL',
    url: process.env['HOLDFAST_TEST_MYSQL_URL'],
    tools: process.env['HOLDFAST_TEST_MYSQL_TOOLS'],
  },
];

type Suite = (server: TestServer & { url: string }) => void;

/** Runs a suite once for each server; one that was not offered is skipped, and says so by its name. */
export function describeOnServers(title: string, suite: Suite): void {
  describeOn(testServers, title, suite);
}

/**
 * For what needs a server and is decided above the engines: on the first that was offered, and with
 * HOLDFAST_TEST_ALL_ENGINES=1 on each.
 */
export function describeAboveServers(title: string, suite: Suite): void {
  const offered = testServers.find(({ url }) => url !== undefined) ?? testServers[0];
  const all = process.env['HOLDFAST_TEST_ALL_ENGINES'] === '1' || !offered;
  describeOn(all ? testServers : [offered], title, suite);
}

function describeOn(servers: readonly TestServer[], title: string, suite: Suite): void {
  for (const server of servers) {
    const { name, url } = server;
    if (url === undefined) {
      describe.skip(`${title}, on ${name} (skipped: no server in HOLDFAST_TEST_${name.toUpperCase()}_URL)`, () => {
        it('needs that server', () => undefined);
      });
      continue;
    }
    describe(`${title}, on ${name}`, () => {
      const path = process.env['PATH'];
      beforeAll(() => {
        if (server.tools !== undefined) process.env['PATH'] = `${server.tools}${delimiter}${path ?? ''}`;
      });
      afterAll(() => {
        process.env['PATH'] = path;
      });
      suite({ ...server, url });
    });
  }
}

/** A schema of its own for one test, dropped afterwards. */
export interface TemporarySchema {
  name: string;
  /** As HOLDFAST_DATABASE_URL takes it. */
  url: string;
  connection: Connection;
  /** The same schema by a new connection, when the server has been away. */
  reconnect(): Promise<TemporarySchema>;
  drop(): Promise<void>;
}

export async function temporarySchema(server: { url: string }): Promise<TemporarySchema> {
  const name = `holdfast_test_${randomBytes(6).toString('hex')}`;
  const connection = await connectTo(new URL(server.url));
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return openSchema(new URL(server.url), name, connection);
}

async function openSchema(address: URL, name: string, connection: Connection): Promise<TemporarySchema> {
  await connection.query(`USE ${name}`);
  address.pathname = `/${name}`;
  return {
    name,
    url: address.href,
    connection,
    reconnect: async () => {
      connection.destroy();
      return openSchema(address, name, await connectTo(address));
    },
    drop: async () => {
      await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      await connection.end();
    },
  };
}

async function connectTo(address: URL): Promise<Connection> {
  const connection = await createConnection({
    host: address.hostname,
    port: Number(address.port),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
    charset: 'utf8mb4',
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  // One whose server is killed while it is idle emits; the next query fails with the reason.
  connection.on('error', () => undefined);
  return connection;
}
