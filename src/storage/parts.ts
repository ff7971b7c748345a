import type { Readable } from 'node:stream';

export interface Part {
  /** From 1. */
  number: number;
  bytes: Buffer;
  isLast: boolean;
}

/**
 * Cuts a stream into parts of `bytes` and a last one, which is empty only when all is. Fails with the stream.
 *
 * The memory is that of `buffers` parts and no more: a buffer is filled again when as many parts more are asked for, and until
 * then a part must have been sent. A new buffer for each would wait for the garbage collector, and of blocks of this size that
 * come and go, malloc keeps most.
 */
export async function* partsOf(source: Readable, bytes: number, buffers: number): AsyncGenerator<Part> {
  const all: Buffer[] = [];
  const bufferOf = (part: number) => (all[part % buffers] ??= Buffer.allocUnsafeSlow(bytes));
  let number = 1;
  let buffer = bufferOf(number);
  let length = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    for (let at = 0; at < piece.length;) {
      // Not before there is more of it: the last one has to say that it is the last one.
      if (length === bytes) {
        yield { number, bytes: buffer, isLast: false };
        number += 1;
        buffer = bufferOf(number);
        length = 0;
      }
      const copied = piece.copy(buffer, length, at);
      length += copied;
      at += copied;
    }
  }
  yield { number, bytes: buffer.subarray(0, length), isLast: true };
}
