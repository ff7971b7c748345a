import { once } from 'node:events';
import { addAbortSignal, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DomainError } from '../../common/errors.js';
import type { RestoreSource } from '../engine.types.js';

/**
 * Reads the artefact once, to its end, and writes each part into its sink; a sink that fills up holds up the reading.
 * All but the tables are whole in their sinks when the next part begins. Throws DomainError `artefact-damaged` when the
 * artefact is not as long as its manifest says.
 */
export async function distributeParts(
  source: RestoreSource,
  sinkOf: (part: string) => Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts = [...source.parts].sort((a, b) => a.offset - b.offset);
  const stream = await source.open();
  if (signal) addAbortSignal(signal, stream);
  let rest: Buffer = Buffer.alloc(0);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let sink: Writable | undefined;
  try {
    for (const { name, length } of parts) {
      sink = sinkOf(name);
      // It may fail while the artefact is waited for; the next write, or the wait for its end, throws that.
      sink.once('error', () => undefined);
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
    // Also because what a compression says of its content stands at its very end.
    if (rest.length > 0 || !(await chunks.next()).done) {
      throw new DomainError('artefact-damaged', 'The backup goes on where its manifest says that it ends.');
    }
  } catch (error) {
    sink?.destroy(error as Error);
    throw error;
  } finally {
    stream.destroy();
  }
}

async function write(sink: Writable, piece: Buffer): Promise<void> {
  const room = sink.write(piece);
  if (sink.errored) throw sink.errored;
  if (!room) await once(sink, 'drain');
}
