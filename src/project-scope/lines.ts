import type { Readable } from 'node:stream';
import { damagedFile } from './project-file.js';

const newline = 0x0a;
/** A row may hold a LONGBLOB; more than this no packet of a server can carry as base64 with its neighbours. */
const longestLineBytes = 512 * 1024 * 1024;

/** The lines of a stream as bytes, without their newlines; what follows the last newline is a line if it is not empty. */
export async function* splitLines(stream: Readable, longest = longestLineBytes): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let gathered = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, end);
      yield pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      pieces = [];
      gathered = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    pieces.push(Buffer.from(chunk.subarray(from)));
    gathered += chunk.length - from;
    if (gathered > longest) throw damagedFile('a line of it is longer than any row can be');
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
