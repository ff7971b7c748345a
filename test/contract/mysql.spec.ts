import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import type { Engine } from '../../src/engines/engine.types.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { describeOnServers, temporarySchema } from '../support/servers.js';
import { engineContract } from './engine.suite.js';
import type { ContractDatabase, ContractHarness } from './harness.types.js';

describeOnServers('The engine contract', (server) => engineContract(mysqlHarness(server)));

function mysqlHarness(server: { url: string }): ContractHarness {
  return {
    createDatabase: () => createMysqlDatabase(server),
    unreachable: () => engineOn('mysql://nobody:wrong@127.0.0.1:1/nowhere'),
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  };
}

async function createMysqlDatabase(server: { url: string }): Promise<ContractDatabase> {
  const schema = await temporarySchema(server);
  const { connection } = schema;
  await connection.query('SET SESSION foreign_key_checks = 0');
  const query = async (sql: string) => {
    const [rows] = await connection.query({ sql, rowsAsArray: true });
    return rows as unknown as unknown[][];
  };
  const beside = (id: string) =>
    query(
      `SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '${schema.name}\\_%${id}%'`,
    );
  return {
    engine: engineOn(schema.url),
    connect: () => engineOn(schema.url),
    exec: async (sql) => void (await connection.query(sql)),
    query,
    tables: async () => {
      const named = await query(
        `SELECT table_name FROM information_schema.tables
         WHERE table_schema = '${schema.name}' AND table_type = 'BASE TABLE'`,
      );
      return named.map(([name]) => String(name)).sort();
    },
    leftovers: async (id) => (await beside(id)).map(([name]) => String(name)),
    drop: async () => {
      for (const [name] of await beside('')) await connection.query(`DROP DATABASE \`${String(name)}\``);
      await schema.drop();
    },
  };
}

function engineOn(url: string): Engine {
  return new EnginesService(new Clock()).open(parseDatabaseUrl(url));
}
