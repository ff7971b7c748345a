import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectContent } from '../../../src/storage/object-store.types.js';

/** Bytes that do not repeat, the same ones each time. */
export function bytesOf(count: number, seed = 1): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(count));
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const pieceBytes = 64 * 1024;

/** As a file would be read. */
export function content(bytes: Buffer | string): ObjectContent & { bytes: number } {
  const all = Buffer.from(bytes);
  function* pieces() {
    for (let at = 0; at < all.length; at += pieceBytes) yield all.subarray(at, at + pieceBytes);
  }
  return { bytes: all.length, open: () => Promise.resolve(Readable.from(pieces(), { objectMode: false })) };
}

export async function read(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
