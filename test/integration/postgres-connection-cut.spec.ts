import { type AddressInfo, createConnection, createServer, type Server } from 'node:net';
import { parsePostgresUrl } from '../../src/config/postgres-url.js';
import { PostgresRows } from '../../src/engines/postgres/rows/postgres-rows.js';
import type { RowSelection } from '../../src/engines/rows.types.js';
import { describeOnPostgres, temporaryDatabase, type TemporaryDatabase } from '../support/postgres.js';

/** CloseComplete: what the server answers when it has sent all rows, before it is ready for the next question. */
const closeComplete = '3'.charCodeAt(0);

describeOnPostgres('A read whose connection is cut', (server) => {
  let database: TemporaryDatabase;
  let line: Server;
  let isArmed = false;

  beforeAll(async () => {
    database = await temporaryDatabase(server);
    await database.query(
      'CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 200)',
    );
    const upstreamPort = Number(new URL(database.url).port);
    line = createServer((client) => {
      const upstream = createConnection({ host: '127.0.0.1', port: upstreamPort });
      upstream.on('data', (bytes) => {
        if (isArmed && bytes[0] === closeComplete) client.destroy();
        else client.write(bytes);
      });
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      client.pipe(upstream);
    });
    await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    line.close();
    await database.drop();
  });

  it('behind the last row, where the driver waits for ever, fails', async () => {
    const url = Object.assign(new URL(database.url), { port: String((line.address() as AddressInfo).port) });
    const selection: RowSelection = {
      table: 't',
      columns: ['id'],
      key: ['id'],
      owner: { kind: 'everybody' },
      rootKey: 1,
    };
    const read = new PostgresRows(parsePostgresUrl(url.href)).snapshot(async (reader) => {
      for await (const batch of reader.read(selection)) isArmed = batch.length > 0;
    });
    await expect(read).rejects.toEqual(expect.objectContaining({ code: 'database-unreachable' }));
  }, 5_000);
});
