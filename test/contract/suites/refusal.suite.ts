import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { RestoreSource } from '../../../src/engines/engine.types.js';
import { type Artefact, sourceOf, takeDump } from '../artefact.js';
import { contentOf } from '../fixture.js';
import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';

const unfit = ['artefact-damaged', 'artefact-unfit'];

export function refusalSuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness);
  const content = () => contentOf(prepared.database, harness.quote);

  /** Tries to stage what `spoil` makes of a good artefact, and proves that nothing came of it. */
  const mustRefuse = async (
    spoil: (artefact: Artefact) => Promise<RestoreSource> | RestoreSource,
    error: Error = refusal(unfit),
  ) => {
    const { engine, leftovers } = prepared.database;
    const source = await spoil(await takeDump(engine, prepared.workFolder, 'good'));
    await prepared.database.exec(`UPDATE projects SET name = 'since' WHERE id = 1`);
    const before = await content();
    await expect(engine.stage(source, { id: 'spoilt', workFolder: prepared.workFolder })).rejects.toEqual(
      error,
    );
    expect(await content()).toEqual(before);
    expect(await leftovers('spoilt')).toEqual([]);
  };

  const withBytes = (artefact: Artefact, bytes: Buffer): RestoreSource => ({
    ...sourceOf(artefact),
    open: () => Promise.resolve(Readable.from([bytes])),
  });

  it('an artefact that ends too early', () =>
    mustRefuse(async (artefact) => {
      const bytes = await readFile(artefact.path);
      return withBytes(artefact, bytes.subarray(0, Math.floor(bytes.length / 2)));
    }));

  it('an artefact that is empty', () => mustRefuse((artefact) => withBytes(artefact, Buffer.alloc(0))));

  it('an artefact that is something else', () =>
    mustRefuse(async (artefact) => {
      const bytes = await readFile(artefact.path);
      return withBytes(artefact, Buffer.alloc(bytes.length, 'x'));
    }));

  it('an artefact with damage in the middle', () =>
    mustRefuse(async (artefact) => {
      const bytes = await readFile(artefact.path);
      return withBytes(
        artefact,
        bytes.fill(0xee, Math.floor(bytes.length / 4), Math.floor(bytes.length / 2)),
      );
    }));

  it('another number of rows than the manifest says', () =>
    mustRefuse(
      (artefact) => {
        const tables = artefact.contents.tables.map(({ name, rows }) => ({
          name,
          rows: name === 'terms' ? rows + 1 : rows,
        }));
        return sourceOf({ ...artefact, contents: { ...artefact.contents, tables } });
      },
      refusal(unfit, /terms/),
    ));

  it('a table less than the manifest says', () =>
    mustRefuse(
      (artefact) => {
        const tables = [...artefact.contents.tables, { name: 'missing', rows: 0 }];
        return sourceOf({ ...artefact, contents: { ...artefact.contents, tables } });
      },
      refusal(unfit, /missing/),
    ));

  it('a source that fails in the middle', () =>
    mustRefuse(
      (artefact) => ({
        ...sourceOf(artefact),
        open: () =>
          Promise.resolve(Readable.from(failing(createReadStream(artefact.path, { highWaterMark: 512 })))),
      }),
      expect.objectContaining({ message: expect.any(String) as string }) as Error,
    ));

  it('nothing, but ends when it is told to, whatever the storage does, and leaves nothing', async () => {
    const { engine, leftovers } = prepared.database;
    const artefact = await takeDump(engine, prepared.workFolder, 'good');
    const before = await content();
    const controller = new AbortController();
    const source: RestoreSource = {
      ...sourceOf(artefact),
      open: async () => {
        const bytes = await readFile(artefact.path);
        return new StalledStorage(bytes.subarray(0, 512), () => controller.abort(new Error('Cancelled')));
      },
    };
    const options = { id: 'stopped', workFolder: prepared.workFolder, signal: controller.signal };
    await expect(engine.stage(source, options)).rejects.toBeDefined();
    expect(await content()).toEqual(before);
    expect(await leftovers('stopped')).toEqual([]);
  });
}

/** Gives a little and then nothing any more, until the caller loses patience. */
class StalledStorage extends Readable {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly beginning: Buffer,
    private readonly impatience: () => void,
  ) {
    super();
  }

  override _read(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(this.impatience, 100);
    this.push(this.beginning);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }
}

async function* failing(bytes: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    yield chunk as Buffer;
    throw new Error('The storage went away');
  }
}
