import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { companions, portrait } from '../factories/shop.js';
import { changeWideSchema, createWideSchema, unknownTables, wideTables } from '../factories/wide-schema.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

type Portrait = Record<string, string>;

/** Proves the table "What a full restore does with what the backup does not know" of docs/operations.md. */
describeOnServers(`A restore onto a database with ${wideTables} tables`, (server) => {
  let schema: TemporarySchema;
  let workFolder: string;
  let original: Portrait;
  let changed: Portrait;
  let restored: Portrait;
  let notes: string[];
  let undoTables: string[];
  let putBack: Portrait;
  let again: Portrait;
  let left: string[];

  beforeAll(async () => {
    schema = await temporarySchema(server);
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-wide-'));
    const engine = new EnginesService(new Clock()).open(parseDatabaseUrl(schema.url));
    const look = () => portrait(schema.connection, schema.name);
    await createWideSchema(schema.connection);
    original = await look();
    const source = sourceOf(await takeDump(engine, workFolder, 'wide1'));
    await changeWideSchema(schema.connection);
    changed = await look();

    const staged = await engine.stage(source, { id: 'wide2', workFolder });
    const undo = await staged.swap();
    await staged.discard();
    notes = [...staged.notes];
    restored = await look();
    undoTables = await tablesOf(undo);
    const second = await engine.putBack(undo, { id: 'wide3', workFolder });
    putBack = await look();
    await engine.putBack(second, { id: 'wide4', workFolder });
    again = await look();
    left = await companions(schema.connection, schema.name);
  }, 600_000);

  afterAll(async () => {
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  const tablesOf = async (name: string): Promise<string[]> => {
    const [rows] = await schema.connection.query({
      sql: `SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1`,
      values: [name],
      rowsAsArray: true,
    });
    return (rows as unknown as [string][]).map(([table]) => table);
  };

  const rowsOf = (seen: Portrait) => Object.keys(seen).filter((key) => key.startsWith('rows of '));

  it('begins with what it says', () => {
    expect(rowsOf(original)).toHaveLength(wideTables);
    expect(rowsOf(changed)).toHaveLength(wideTables + 1);
    expect(changed).not.toEqual(original);
  });

  it.each([
    ['tables that live lost or renamed are there again', ['rows of t10', 'rows of t20', 'definition of t20']],
    [
      'a table whose columns changed has those of the backup',
      ['definition of t32', 'definition of t31', 'rows of t32'],
    ],
    ['a table without transactions has its engine and rows', ['definition of isam', 'rows of isam']],
    [
      'foreign keys in a circle are there',
      ['definition of circle0', 'definition of circle1', 'rows of circle1'],
    ],
    ['triggers are those of the backup', ['trigger g0', 'trigger g1', 'trigger g39']],
    [
      'views that use views and functions are those of the backup',
      ['definition of names', 'definition of counted'],
    ],
    [
      'functions and procedures are those of the backup',
      ['FUNCTION half', 'FUNCTION quarter', 'PROCEDURE tidy_all'],
    ],
    ['events are those of the backup, enabled or not', ['event weekly', 'event paused']],
  ])('%s', (_what, keys) => {
    for (const key of keys) expect([key, restored[key]]).toEqual([key, original[key]]);
    for (const key of keys) expect(original[key]).toBeDefined();
  });

  it('nothing that the backup does not know is left in live', () => {
    const unknown = Object.keys(changed).filter((key) => !(key in original));
    expect(unknown.sort()).toEqual(
      [
        ...unknownTables.flatMap((table) => [`rows of ${table}`, `definition of ${table}`]),
        'trigger since_trigger',
        'trigger since_on_known',
        'definition of since_view',
        'FUNCTION since_function',
        'PROCEDURE since_procedure',
        'event since_event',
      ].sort(),
    );
    for (const key of unknown) expect([key, restored[key]]).toEqual([key, undefined]);
  });

  it('all else is as in the backup', () => {
    expect(restored).toEqual(original);
  });

  it('says which tables are in the undo only, and the undo has them', () => {
    for (const table of unknownTables) {
      expect(notes).toContainEqual(expect.stringContaining(`The table ${table} is not in the backup`));
      expect(undoTables).toContain(table);
    }
  });

  it('putting back brings the former state back, to the letter', () => {
    expect(putBack).toEqual(changed);
  });

  it('and putting that back the restored one, with one undo kept', () => {
    expect(again).toEqual(original);
    expect(left).toHaveLength(1);
  });
});
