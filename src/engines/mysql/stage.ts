import { createWriteStream } from 'node:fs';
import { addAbortSignal, PassThrough, type Writable } from 'node:stream';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import type { RestoreSource } from '../engine.types.js';
import { type Loader, loadSql } from './load.js';
import { definitionFile, type Definitions } from './stored-objects.js';

/**
 * Reads the artefact once: its tables go into the staging schema, the other parts into files. Nothing is gathered in
 * memory. Throws DomainError `artefact-damaged` when the artefact is shorter than its manifest says.
 */
export async function loadStaging(
  source: RestoreSource,
  loader: Loader,
  schema: string,
  folder: string,
): Promise<Definitions> {
  const definitions = {
    folder,
    parts: source.parts.map(({ name }) => name).filter((name) => name !== 'tables'),
  };
  const tables = new PassThrough();
  const loaded = loadSql(loader, schema, tables);
  // The load's own error is the one that counts; the reading stops with it.
  const stopped = loaded.then(
    () => undefined,
    (error: Error) => void tables.destroy(error),
  );
  try {
    const sinkOf = (name: string) =>
      name === 'tables' ? tables : createWriteStream(definitionFile(definitions, name), { mode: 0o600 });
    await distribute(source, sinkOf, loader.signal);
  } catch (error) {
    tables.destroy(error as Error);
    await stopped;
    await loaded;
    throw error;
  }
  await loaded;
  return definitions;
}

async function distribute(
  source: RestoreSource,
  sinkOf: (part: string) => Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts = [...source.parts].sort((a, b) => a.offset - b.offset);
  const stream = await source.open();
  if (signal) addAbortSignal(signal, stream);
  let rest: Buffer = Buffer.alloc(0);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (const { name, length } of parts) {
      const sink = sinkOf(name);
      let missing = length;
      while (missing > 0) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done)
            throw new DomainError('artefact-damaged', 'The backup ends before its manifest says so.');
          rest = next.value;
        }
        const piece = rest.subarray(0, missing);
        rest = rest.subarray(piece.length);
        missing -= piece.length;
        await write(sink, piece);
      }
      sink.end();
      if (name !== 'tables') await finished(sink);
    }
  } finally {
    stream.destroy();
  }
}

async function write(sink: Writable, piece: Buffer): Promise<void> {
  const room = sink.write(piece);
  if (sink.errored) throw sink.errored;
  if (!room) await once(sink, 'drain');
}
