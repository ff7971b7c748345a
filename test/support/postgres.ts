import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A real server that the tests were given, by a superuser's address; scripts/test.mjs starts one. */
export const postgresUrl = process.env['HOLDFAST_TEST_POSTGRES_URL'];

/** Runs a suite on the server; when none was offered it is skipped, and says so. */
export function describeOnPostgres(title: string, suite: (server: { url: string }) => void): void {
  if (postgresUrl === undefined) {
    describe.skip(`${title}, on PostgreSQL (skipped: no server in HOLDFAST_TEST_POSTGRES_URL)`, () => {
      it('needs that server', () => undefined);
    });
    return;
  }
  const url = postgresUrl;
  describe(`${title}, on PostgreSQL`, () => suite({ url }));
}

/** A database of its own for one test, dropped afterwards with what stands beside it. */
export interface TemporaryDatabase {
  name: string;
  url: string;
  /** Rows as arrays of what the server prints; nothing for a statement without any. */
  query(sql: string): Promise<(string | null)[][]>;
  /** Names of databases beside this one. */
  beside(id: string): Promise<string[]>;
  /** Ends the connection of `query`, which opens another when it is asked again. */
  disconnect(): Promise<void>;
  drop(): Promise<void>;
}

/** `settings`: statements that each of its connections begins with. */
export async function temporaryDatabase(
  server: { url: string },
  settings = 'SELECT 1',
): Promise<TemporaryDatabase> {
  const name = `holdfast_test_${randomBytes(6).toString('hex')}`;
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  let open: Promise<pg.Client> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const beside = (id: string) =>
    onServer(server, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        'SELECT datname FROM pg_database WHERE datname LIKE $1 ORDER BY datname',
        [`${name}\\_%${id}%`],
      );
      return rows.map(({ datname }) => datname);
    });
  const ask = async (sql: string) => {
    open ??= connect(url, settings).then((client) => {
      // A restore ends the connections to what it replaces; an application's pool opens new ones.
      for (const event of ['error', 'end']) client.once(event, () => (open = undefined));
      return client;
    });
    const client = await open;
    const result: unknown = await client.query({ text: sql, rowMode: 'array' });
    const answer = Array.isArray(result) ? (result.at(-1) as unknown) : result;
    return (answer as pg.QueryArrayResult<(string | null)[]>).rows;
  };
  const disconnect = async () => {
    await open?.then((client) => client.end()).catch(() => undefined);
    open = undefined;
  };
  return {
    name,
    url,
    query: (sql) => {
      // One after the other: the driver is about to give up queueing on a connection that is busy.
      const answer = last.then(() => ask(sql));
      last = answer.catch(() => undefined);
      return answer;
    },
    beside,
    disconnect,
    drop: async () => {
      await disconnect();
      const names = [...(await beside('')), name];
      await onServer(server, async (client) => {
        for (const one of names) await client.query(`DROP DATABASE IF EXISTS "${one}" WITH (FORCE)`);
      });
    },
  };
}

async function connect(url: string, settings: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: () => (text: string | Buffer) => text },
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(settings);
  return client;
}

async function onServer<T>(server: { url: string }, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(server.url, 'SELECT 1');
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
