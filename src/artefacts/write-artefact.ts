import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ByteMeter } from '../common/byte-meter.js';
import { isDomainError } from '../common/errors.js';
import { StallGuard } from '../common/stall.js';
import type { PartRange } from '../engines/engine.types.js';
import type { Storage } from '../storage/storage.types.js';
import type { ArtefactPart, WrittenArtefact } from './artefacts.types.js';
import { type Compression, compressor } from './compression.js';

export interface WriteOptions {
  compression: Compression;
  /** The longest time without a byte. */
  stallMs: number;
  /** Hears of the bytes that were written since it last heard. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * The one way in which bytes become an artefact: parts, compressed, counted and hashed, written under a working name.
 * The failure of any stage fails the whole, and then nothing of it remains. The caller publishes once it knows that
 * what went in was whole.
 */
export async function writeArtefact(
  store: Storage,
  path: string,
  parts: readonly ArtefactPart[],
  { compression, stallMs, onBytes }: WriteOptions,
): Promise<WrittenArtefact> {
  // First: a compressor is a program that runs, and nobody would end it if there were nothing to write into.
  const pending = await store.create(path);
  const compress = await compressor(compression).catch(async (error: unknown) => {
    await pending.discard();
    throw error;
  });
  const ranges: PartRange[] = [];
  const meter = new ByteMeter(onBytes);
  const guard = new StallGuard('The dump', stallMs);
  const body = Readable.from(concatenate(parts, ranges, guard), {
    objectMode: false,
    highWaterMark: 1024 * 1024,
  });
  const outcomes = await Promise.allSettled([
    compress ? pipeline(body, guard, compress, meter) : pipeline(body, guard, meter),
    pending.write(meter),
  ]);
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (errors.length > 0) {
    compress?.destroy();
    await pending.discard();
    throw firstCause(errors);
  }
  const size = meter.bytes;
  return {
    size,
    sha256: meter.digest(),
    uncompressedSize: ranges.reduce((sum, range) => sum + range.length, 0),
    parts: ranges,
    publish: () => pending.publish(size),
    discard: () => pending.discard(),
  };
}

async function* concatenate(
  parts: readonly ArtefactPart[],
  ranges: PartRange[],
  guard: StallGuard,
): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const part of parts) {
    const start = offset;
    // Opening a part may be long work with limits of its own: SQLite copies the whole database first.
    const stream = await part.open();
    guard.begin();
    for await (const chunk of stream) {
      offset += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
    guard.rest();
    ranges.push({ name: part.name, offset: start, length: offset - start });
  }
}

/** When one stage fails, its neighbours fail too ("premature close"); the error that says why is the one to tell. */
function firstCause(errors: unknown[]): unknown {
  return errors.find(isDomainError) ?? errors[0];
}
