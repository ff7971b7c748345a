import { createConnection } from 'mysql2/promise';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../../support/servers.js';
import { MortalService } from '../kit/mortal-service.js';
import { repeat, repetitions } from '../kit/repeat.js';

const clients = 20;
const accounts = 400;
const each = 1_000;

describeOnServers('Row 16: money moves between two tables during a backup', (server) => {
  let schema: TemporarySchema;
  let service: MortalService;

  beforeAll(async () => {
    schema = await temporarySchema(server);
    const ids = Array.from({ length: accounts }, (_, id) => id);
    const owned = (id: number) => (id % 2) + 1;
    const note = 'x'.repeat(2_000);
    await schema.connection.query(
      `CREATE TABLE projects (id INT PRIMARY KEY, name VARCHAR(50)) ENGINE=InnoDB;
       INSERT INTO projects VALUES (1, 'one'), (2, 'two');
       ${['checking', 'savings']
         .map(
           (table) =>
             `CREATE TABLE ${table} (id INT PRIMARY KEY, project_id INT NOT NULL, balance BIGINT NOT NULL, note TEXT,
                FOREIGN KEY (project_id) REFERENCES projects (id)) ENGINE=InnoDB;
              INSERT INTO ${table} VALUES ${ids.map((id) => `(${id}, ${owned(id)}, ${each}, '${note}')`).join(', ')};`,
         )
         .join('')}`,
    );
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: schema.url });
  });
  afterAll(async () => {
    await service.remove();
    const [rows] = await schema.connection.query(
      `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE '${schema.name}\\_holdfast%'`,
    );
    for (const { name } of rows as { name: string }[]) await schema.connection.query(`DROP DATABASE ${name}`);
    await schema.drop();
  });

  /** Money goes from an account to its sister, in transactions, from 20 connections until `work` has ended. */
  const whileMoneyMoves = async <T>(work: () => Promise<T>): Promise<{ result: T; moved: number }> => {
    let goesOn = true;
    let moved = 0;
    const { hostname, port, pathname, username } = new URL(schema.url);
    const move = async (client: number) => {
      const connection = await createConnection({
        ...{ host: hostname, port: Number(port), user: username, database: pathname.slice(1) },
        multipleStatements: true,
      });
      for (let turn = 0; goesOn; turn += 1) {
        const id = (client * 37 + turn * 7) % accounts;
        const amount = turn % 2 ? 10 : -10;
        // Always in this order, so that the clients do not lock each other out.
        await connection.query(
          `START TRANSACTION; UPDATE checking SET balance = balance - ${amount} WHERE id = ${id};
           UPDATE savings SET balance = balance + ${amount} WHERE id = ${id}; COMMIT`,
        );
        moved += 1;
      }
      await connection.end();
    };
    const movers = Array.from({ length: clients }, (_, client) => move(client));
    const result = await work().finally(() => (goesOn = false));
    await Promise.all(movers);
    return { result, moved };
  };

  const sum = async (where = 'TRUE'): Promise<number> => {
    const [rows] = await schema.connection.query(
      `SELECT CAST(SUM(balance) AS SIGNED) AS total FROM (SELECT * FROM checking UNION ALL SELECT * FROM savings) AS both_tables WHERE ${where}`,
    );
    return Number((rows as { total: unknown }[])[0]?.total);
  };

  it.each([
    ['the whole database', '/api/v1/backup', 'TRUE', accounts * 2],
    ['one project', '/api/v1/projects/1/backup', 'project_id = 1', accounts],
  ])(
    'the restored backup of %s holds the right sum',
    async (_, path, where, holding) => {
      await repeat(repetitions(2, 10), async () => {
        const { result, moved } = await whileMoneyMoves(() => service.call('POST', path, {}));
        expect(result.body).toMatchObject({ success: true });
        expect(moved).toBeGreaterThan(0);
        // What the restore must bring back is not what stands there now.
        await schema.connection.query('UPDATE checking SET balance = balance - 1');
        const { filename } = result.body.backup;
        const restored = await service.call('POST', `${path}/restore`, { filename });
        expect(restored.body).toMatchObject({ success: true });
        expect(await sum(where)).toBe(holding * each);
        await schema.connection.query(
          `UPDATE checking SET balance = ${each}; UPDATE savings SET balance = ${each}`,
        );
        return moved > clients ? 'sum right' : 'sum right, hardly anything moved';
      });
    },
    300_000,
  );
});
