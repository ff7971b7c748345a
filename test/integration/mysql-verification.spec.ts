import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import type { Engine, RehearsalSource } from '../../src/engines/engine.types.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { DumpScanner } from '../../src/engines/mysql/dump-scanner.js';
import { takeDump } from '../contract/artefact.js';
import { companions, createShop, portrait } from '../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

describeOnServers('verifying a dump', (server) => {
  let schema: TemporarySchema;
  let engine: Engine;
  let folder: string;
  let before: Record<string, string>;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    await createShop(schema.connection);
    await schema.connection.query("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'");
    await schema.connection.query('CREATE TABLE heap (word VARCHAR(20), day DATE)');
    await schema.connection.query(
      "INSERT INTO heap VALUES ('one', '2024-02-31'), ('two', NULL), ('two', NULL), ('four', '2026-01-01')",
    );
    engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
    folder = await mkdtemp(join(tmpdir(), 'holdfast-verify-'));
    before = await portrait(schema.connection, schema.name);
  });

  afterEach(async () => {
    expect(await portrait(schema.connection, schema.name)).toEqual(before);
    expect(await companions(schema.connection, schema.name)).toEqual([]);
    await schema.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const work = () => ({ id: 'verify', workFolder: folder });

  /** A backup whose SQL was changed, and whose manifest says what the changed SQL holds. */
  let made = 0;
  const backUp = async (change: (sql: string) => string = (sql) => sql): Promise<RehearsalSource> => {
    const { path, parts, contents, toolVersion } = await takeDump(engine, folder, `dump${(made += 1)}`);
    const bytes = await readFile(path);
    const [first, ...others] = parts;
    const length = first?.length ?? 0;
    const tables = Buffer.from(change(bytes.subarray(0, length).toString('latin1')), 'latin1');
    const whole = Buffer.concat([tables, bytes.subarray(length)]);
    const scanner = new DumpScanner('tables');
    await finished(Readable.from([tables]).pipe(scanner).resume());
    const { serverVersion } = await engine.probe();
    return {
      madeBy: { serverVersion: serverVersion ?? '', toolVersion },
      parts: [
        { name: 'tables', offset: 0, length: tables.length },
        ...others.map((part) => ({ ...part, offset: part.offset + tables.length - length })),
      ],
      contents: {
        ...contents,
        tables: contents.tables.map(({ name }) => ({
          name,
          rows: scanner.rows.get(name) ?? 0,
          sha256: scanner.sha256Of(name),
        })),
      },
      open: () => Promise.resolve(Readable.from([whole])),
    };
  };

  const checksums = async (source: RehearsalSource) =>
    (await engine.rehearse(source, work())).find(({ name }) => name === 'checksums')?.detail;

  const withoutChecksums = (source: RehearsalSource): RehearsalSource => ({
    ...source,
    contents: {
      ...source.contents,
      tables: source.contents.tables.map(({ name, rows }) => ({ name, rows })),
    },
  });

  const damaged = (about: RegExp) =>
    expect.objectContaining({
      code: 'artefact-damaged',
      detail: expect.stringMatching(about) as string,
    }) as Error;

  it('every table has the same checksum after loading', async () => {
    const source = await backUp();
    expect(source.contents.tables.length).toBeGreaterThan(4);
    expect(await checksums(source)).toBe('The rows of 5 tables have the checksums of the manifest.');
  });

  it('a value that was changed is found by reading, when the checksum of its table was not', async () => {
    const { contents } = await backUp();
    const changed = await backUp((sql) => sql.replace("'one'", "'0ne'"));
    await expect(engine.inspect({ ...changed, contents }, work())).rejects.toEqual(damaged(/heap/));
  });

  it('a dump that ends too early is found by reading, whatever its manifest says', async () => {
    const source = await backUp((sql) => sql.slice(0, sql.indexOf('-- Dump completed')));
    await expect(engine.inspect(source, work())).rejects.toEqual(damaged(/end marker/));
  });

  it('a part that was cut away is found by reading', async () => {
    const source = await backUp();
    const parts = source.parts.slice(0, 1);
    await expect(engine.inspect({ ...source, parts }, work())).rejects.toEqual(damaged(/parts/));
  });

  it('a row that cannot be loaded is found by a rehearsal alone', async () => {
    const source = await backUp((sql) => sql.replace("(2,'order 2", "(1,'order 2"));
    await engine.inspect(source, work());
    await expect(engine.rehearse(source, work())).rejects.toEqual(damaged(/line \d+ \(error (1062|1180)\)/));
  });

  it('a row that another server cannot load is not called damaged', async () => {
    const source = await backUp((sql) => sql.replace("(2,'order 2", "(1,'order 2"));
    const madeBy = { ...source.madeBy, serverVersion: '99.0.0' };
    await expect(engine.rehearse({ ...source, madeBy }, work())).rejects.toMatchObject({
      code: 'artefact-unfit',
    });
  });

  it('a value that loading changes without a word is found by a rehearsal alone', async () => {
    const source = await backUp((sql) => sql.replace(',ALLOW_INVALID_DATES', ''));
    await engine.inspect(source, work());
    await expect(engine.rehearse(source, work())).rejects.toEqual(damaged(/heap.*checksums/));
  });

  it('what another program writes in another way is not called damaged', async () => {
    const source = await backUp((sql) => sql.replace(',ALLOW_INVALID_DATES', ''));
    const madeBy = { ...source.madeBy, toolVersion: 'mysqldump 99.0.0' };
    expect(await checksums({ ...source, madeBy })).toMatch(/^Not comparable: .*mysqldump 99\.0\.0.*heap/);
  });

  it('rows in another order are the same rows', async () => {
    const source = await backUp((sql) =>
      sql.replace(/(INSERT INTO `orders`[^;]*VALUES\s*)(\([^)]*\))(,\s*)(\([^)]*\))/, '$1$4$3$2'),
    );
    expect(await checksums(source)).toMatch(
      /^The rows of 5 tables.* Those of orders stand in another order\.$/,
    );
  });

  it('a manifest without checksums says so, and is compared by its rows', async () => {
    const source = withoutChecksums(await backUp());
    const [, , read] = await engine.inspect(source, work());
    expect(read?.detail).toMatch(/no checksums/);
    expect(await checksums(source)).toMatch(/no checksums/);
  });
});
