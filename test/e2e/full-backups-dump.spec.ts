import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { type Api, startApp } from '../support/app.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

describeOnServers('What a full backup must not miss', (server) => {
  let schema: TemporarySchema;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await createShop(schema.connection);
  });

  afterEach(async () => {
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
  });

  const withService = async (url: string, work: (api: Api) => Promise<void>) => {
    const service = await startApp({ HOLDFAST_DATABASE_URL: url });
    try {
      await work(await service.asSuperadmin());
    } finally {
      await service.stop();
    }
  };

  it('a routine whose lines look like rows and like other parts of a dump is carried', async () => {
    await schema.connection.query(
      [
        'CREATE PROCEDURE look_alike() BEGIN',
        'INSERT INTO `audit` (what) SELECT 1;',
        'INSERT INTO `audit` (what) VALUES (1) -- (((',
        ';',
        '-- Final view structure for view `totals`',
        'CREATE TEMPORARY TABLE scratch (id INT);',
        '-- Dump completed on a Sunday',
        'END',
      ].join('\n'),
    );
    const before = await portrait(schema.connection, schema.name);
    await withService(schema.url, async (api) => {
      const made = await api('POST', '/api/v1/backup');
      expect(made.body).toMatchObject({ success: true });
      await schema.connection.query('DROP PROCEDURE look_alike');
      const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
      expect(restored.body).toMatchObject({ success: true });
    });
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
  });

  describe('while something is changed between its parts', () => {
    /** The engine itself, since over HTTP no moment between the parts and the end could be chosen. */
    const dumpAnd = async (change: string) => {
      const engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
      const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-dump-'));
      const dump = await engine.openDump({ id: 'between', workFolder });
      try {
        for (const part of dump.parts) for await (const chunk of await part.open()) void chunk;
        await schema.connection.query(change);
        return await dump.finish();
      } finally {
        await dump.abort();
        await engine.close();
        await rm(workFolder, { recursive: true });
      }
    };

    it.each([
      ['a table is created', 'CREATE TABLE late (id INT PRIMARY KEY)'],
      ['a table gets another engine', 'ALTER TABLE audit ENGINE = MyISAM'],
      ['a column is added', 'ALTER TABLE audit ADD COLUMN late INT'],
      ['a routine is created', 'CREATE FUNCTION late() RETURNS INT DETERMINISTIC RETURN 1'],
      [
        'a routine is replaced',
        'DROP PROCEDURE prune; CREATE PROCEDURE prune() DELETE FROM audit WHERE id < 9',
      ],
      [
        'a parameter is changed',
        'DROP FUNCTION vat; CREATE FUNCTION vat(amount DECIMAL(14,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN amount * 0.25',
      ],
      [
        'a trigger is created',
        'CREATE TRIGGER late BEFORE INSERT ON audit FOR EACH ROW SET NEW.what = TRIM(NEW.what)',
      ],
      ['a trigger is dropped', 'DROP TRIGGER customers_trim'],
      [
        'a view is replaced',
        'ALTER VIEW totals AS SELECT customer_id, SUM(gross) AS total, SUM(vat(net)) AS vat FROM orders WHERE net > 1 GROUP BY customer_id',
      ],
      ['an event is created', 'CREATE EVENT late ON SCHEDULE EVERY 1 DAY DO CALL prune()'],
      ['an event is changed', 'ALTER EVENT nightly ON SCHEDULE EVERY 2 DAY'],
    ])('%s: the backup fails', async (_what, change) => {
      await expect(dumpAnd(change)).rejects.toMatchObject({ code: 'dump-failed' });
    });

    it('only rows and counters change: the backup ends well', async () => {
      const contents = await dumpAnd(`INSERT INTO audit (what) VALUES ('late'); ANALYZE TABLE audit`);
      expect(contents.routines).toContain('PROCEDURE prune');
    });
  });

  describe('while a transaction is open that has written', () => {
    let writer: TemporarySchema;

    beforeEach(async () => {
      writer = await temporarySchema(server);
      await writer.connection.query(`USE ${schema.name}; BEGIN; UPDATE orders SET net = net + 1`);
    });

    afterEach(() => writer.drop());

    it('a backup does not wait for it, and a restore says that the database is busy', async () => {
      await withService(schema.url, async (api) => {
        const made = await api('POST', '/api/v1/backup');
        expect(made.body).toMatchObject({ success: true });
        const refused = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
        expect(refused.body).toMatchObject({ status: 409, code: 'database-busy' });
        await writer.connection.query('ROLLBACK');
        const restored = await api('POST', '/api/v1/backup/restore', { filename: made.body.filename });
        expect(restored.body).toMatchObject({ success: true });
      });
    });
  });

  describe('with an account that may not see everything', () => {
    let user: string;
    let role: string;

    beforeEach(async () => {
      user = `'hl_${schema.name.slice(-8)}'@'%'`;
      role = `hr_${schema.name.slice(-8)}`;
      await schema.connection.query(`CREATE USER ${user} IDENTIFIED BY 'a password'; CREATE ROLE ${role}`);
      // They call a function, which makes MariaDB ask for EXECUTE; see the last test.
      await schema.connection.query('DROP VIEW best, totals');
    });

    afterEach(() => schema.connection.query(`DROP USER ${user}; DROP ROLE ${role}`));

    const urlOfUser = () => {
      const url = new URL(schema.url);
      url.username = user.slice(1, user.indexOf("'@"));
      url.password = 'a%20password';
      return url.href;
    };

    /** Backs up as the account; the first words of the warnings, which the status and the backup must agree on. */
    const warningsOf = async (statements: string[]): Promise<string[]> => {
      for (const statement of statements) await schema.connection.query(statement);
      let warnings: string[] = [];
      await withService(urlOfUser(), async (api) => {
        const { system_status } = (await api('GET', '/api/v1/backup/status')).body;
        expect(system_status.problems).toEqual([]);
        const made = await api('POST', '/api/v1/backup');
        expect(made.body).toMatchObject({ success: true });
        expect(made.body.backup.warnings).toEqual(system_status.warnings);
        warnings = system_status.warnings;
      });
      return warnings.map((warning) => warning.split(' ')[0] ?? '');
    };

    const reading = (privileges = '') =>
      `GRANT SELECT, SHOW VIEW${privileges} ON ${schema.name}.* TO ${user}`;

    it('that only reads, the backup warns of triggers, events and routines', async () => {
      expect(await warningsOf([reading()])).toEqual(['Triggers', 'Events', 'Routines']);
    });

    it('that reads some tables only, it warns of tables', async () => {
      const warnings = await warningsOf([`GRANT SELECT ON ${schema.name}.audit TO ${user}`]);
      expect(warnings).toEqual(['Tables', 'Triggers', 'Events', 'Routines']);
    });

    it('with a privilege through a pattern, it warns of the others', async () => {
      const pattern = schema.name.replaceAll('_', '\\_').slice(0, -1);
      const grant = `GRANT SELECT, SHOW VIEW, TRIGGER ON \`${pattern}%\`.* TO ${user}`;
      expect(await warningsOf([grant])).toEqual(['Events', 'Routines']);
    });

    it('with privileges on everything and by an active role, it warns of the others', async () => {
      const makeDefault =
        server.name === 'MariaDB'
          ? `SET DEFAULT ROLE ${role} FOR ${user}`
          : `SET DEFAULT ROLE ${role} TO ${user}`;
      const warnings = await warningsOf([
        reading(),
        `GRANT EVENT ON *.* TO ${user}`,
        `GRANT TRIGGER ON ${schema.name}.* TO ${role}`,
        `GRANT ${role} TO ${user}`,
        makeDefault,
      ]);
      expect(warnings).toEqual(['Routines']);
    });

    it('with what the manual says, it warns of nothing', async () => {
      const routines =
        server.name === 'MariaDB'
          ? `GRANT SELECT ON mysql.proc TO ${user}`
          : `GRANT SHOW_ROUTINE ON *.* TO ${user}`;
      expect(await warningsOf([reading(', TRIGGER, EVENT'), routines])).toEqual([]);
    });

    if (server.name === 'MariaDB') {
      it('that may not call the function of a view, the backup fails and says what to grant', async () => {
        await schema.connection.query('CREATE VIEW taxes AS SELECT vat(net) AS tax FROM orders');
        await schema.connection.query(reading());
        await withService(urlOfUser(), async (api) => {
          const { body } = await api('POST', '/api/v1/backup');
          expect(body).toMatchObject({ status: 503, code: 'database-refused' });
          expect(body.detail).toMatch(/taxes.*EXECUTE/);
        });
      });
    }
  });
});
