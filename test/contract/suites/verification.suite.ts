import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type {
  Check,
  DumpContents,
  RehearsalSource,
  TableContents,
} from '../../../src/engines/engine.types.js';
import type { Row } from '../../../src/engines/rows.types.js';
import { type Artefact, sourceOf, takeDump } from '../artefact.js';
import { contentOf, selections } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';

type Spoil = (artefact: Artefact, bytes: Buffer) => Partial<RehearsalSource>;

const withBytes = (bytes: Buffer): Partial<RehearsalSource> => ({
  open: () => Promise.resolve(Readable.from([bytes])),
});

const withTables = (
  contents: DumpContents,
  change: (tables: TableContents[]) => TableContents[],
): Partial<RehearsalSource> => ({ contents: { ...contents, tables: change(contents.tables) } });

/** What neither reading nor restoring may take for a good backup. */
const spoilt: { what: string; spoil: Spoil; about?: RegExp }[] = [
  {
    what: 'an artefact that ends too early',
    spoil: (_, bytes) => withBytes(bytes.subarray(0, bytes.length >> 1)),
  },
  { what: 'an artefact that is empty', spoil: () => withBytes(Buffer.alloc(0)) },
  {
    what: 'an artefact that is something else',
    spoil: (_, bytes) => withBytes(Buffer.alloc(bytes.length, 'x')),
  },
  {
    what: 'an artefact that goes on after its end',
    spoil: (_, bytes) => withBytes(Buffer.concat([bytes, Buffer.alloc(100)])),
  },
  {
    what: 'an artefact with damage in the middle',
    spoil: (_, bytes) => withBytes(Buffer.from(bytes).fill(0xee, bytes.length >> 2, bytes.length >> 1)),
  },
  {
    what: 'another number of rows than the manifest says',
    spoil: ({ contents }) =>
      withTables(contents, (tables) =>
        tables.map((table) => (table.name === 'terms' ? { ...table, rows: table.rows + 1 } : table)),
      ),
    about: /terms/,
  },
  {
    what: 'a table less than the manifest says',
    spoil: ({ contents }) => withTables(contents, (tables) => [...tables, { name: 'missing', rows: 0 }]),
    about: /missing/,
  },
  {
    what: 'a table more than the manifest says',
    spoil: ({ contents }) => withTables(contents, (tables) => tables.filter(({ name }) => name !== 'terms')),
    about: /terms/,
  },
];

export function verificationSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const content = () => contentOf(prepared.database, harness.quote);

  const backUp = async () => {
    const { database, workFolder } = prepared;
    const artefact = await takeDump(database.engine, workFolder, 'good');
    const { serverVersion } = await database.engine.probe();
    const madeBy = { serverVersion: serverVersion ?? '', toolVersion: artefact.toolVersion };
    return { artefact, source: { ...sourceOf(artefact), madeBy } };
  };

  const work = () => ({ id: 'trial', workFolder: prepared.workFolder });
  const { inspect, rehearse } = {
    inspect: (source: RehearsalSource) => prepared.database.engine.inspect(source, work()),
    rehearse: (source: RehearsalSource) => prepared.database.engine.rehearse(source, work()),
  };

  /** Whatever comes of it, live is as it was and nothing is left beside it. */
  const leavesNothing = async (action: () => Promise<unknown>) => {
    await prepared.database.exec(`UPDATE projects SET name = 'since' WHERE id = 1`);
    const before = await content();
    await action();
    expect(await content()).toEqual(before);
    expect(await prepared.database.leftovers('trial')).toEqual([]);
  };

  const named = (checks: Check[]) => checks.map(({ name }) => name);

  it.each([
    ['reading', inspect],
    ['a rehearsal', rehearse],
  ])('%s finds a good backup good, and leaves nothing', async (_, verify) => {
    const { source } = await backUp();
    await leavesNothing(async () => {
      const checks = await verify(source);
      expect(named(checks).length).toBeGreaterThan(1);
      for (const { detail } of checks) expect(detail).toMatch(/^[A-Z0-9].*\.$/);
    });
  });

  it('reading needs no database', async () => {
    const { source } = await backUp();
    const checks = await harness.unreachable().inspect(source, work());
    expect(named(checks)).toContain('tables');
  });

  it('a rehearsal needs one', async () => {
    const { source } = await backUp();
    if (harness.rehearsesAlone) return;
    await expect(harness.unreachable().rehearse(source, work())).rejects.toEqual(
      refusal(['database-unreachable']),
    );
  });

  it.each(spoilt)('reading finds $what', async ({ spoil, about }) => {
    const { artefact, source } = await backUp();
    const bad = { ...source, ...spoil(artefact, await readFile(artefact.path)) };
    await leavesNothing(() => expect(inspect(bad)).rejects.toEqual(refusal(['artefact-damaged'], about)));
  });

  it.each(spoilt)('a rehearsal finds $what', async ({ spoil, about }) => {
    const { artefact, source } = await backUp();
    const bad = { ...source, ...spoil(artefact, await readFile(artefact.path)) };
    await leavesNothing(() => expect(rehearse(bad)).rejects.toEqual(refusal(['artefact-damaged'], about)));
  });

  it('rows can be written into copies of tables, and read again, beside live', async () => {
    const { areas, projects } = selections(1);
    await leavesNothing(() =>
      prepared.database.engine.rows.rehearsal(['projects', 'areas'], work(), async (writer) => {
        const read = async () => {
          const rows: Row[] = [];
          for await (const batch of writer.read(areas)) rows.push(...batch);
          return rows;
        };
        expect(await read()).toEqual([]);
        await writer.insert('projects', projects.columns, [[1, 'Atlas']]);
        await writer.insert('areas', areas.columns, [[7, 1, 'copy']]);
        expect(await read()).toEqual([[7, 1, 'copy']]);
      }),
    );
  });

  it('copies have the keys of their tables, and go when the work fails', async () => {
    const { projects } = selections(1);
    const twice = prepared.database.engine.rows;
    await leavesNothing(() =>
      expect(
        twice.rehearsal(['projects'], work(), (writer) =>
          writer.insert('projects', projects.columns, [
            [1, 'Atlas'],
            [1, 'again'],
          ]),
        ),
      ).rejects.toEqual(refusal(['conflict'], /projects/)),
    );
  });
}
