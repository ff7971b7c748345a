import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Passes bytes on unchanged; knows how many they were and their SHA-256. */
export class ByteMeter extends Transform {
  bytes = 0;
  readonly #hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }

  /** Hexadecimal SHA-256 of all bytes; call once, after the stream has ended. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
