import { addAbortSignal } from 'node:stream';
import { DomainError } from '../../common/errors.js';
import type { RestoreSource } from '../engine.types.js';
import { type PartName, partSections } from './part-scanner.js';

/**
 * Reads an artefact once, to its end, in pieces of one part each. Throws DomainError `artefact-damaged` when its parts or
 * its length are not those of the manifest.
 */
export async function* piecesOf(
  source: RestoreSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ part: PartName; bytes: Buffer }> {
  const names = Object.keys(partSections);
  if (source.parts.map(({ name }) => name).join() !== names.join()) {
    throw damaged(`must have the parts ${names.join(', ')}, but its manifest names others`);
  }
  const stream = await source.open();
  if (signal) addAbortSignal(signal, stream);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (const { name, length } of source.parts) {
      for (let missing = length; missing > 0;) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done) throw damaged('ends before its manifest says so');
          rest = next.value;
        }
        const bytes = rest.subarray(0, missing);
        rest = rest.subarray(bytes.length);
        missing -= bytes.length;
        yield { part: name as PartName, bytes };
      }
    }
    // Also because what a compression says of its content stands at its very end.
    if (rest.length > 0 || !(await chunks.next()).done) throw damaged('goes on where it should end');
  } finally {
    stream.destroy();
  }
}

export function damaged(what: string): DomainError {
  return new DomainError('artefact-damaged', `The backup ${what}. Nothing was changed; use another backup.`);
}
