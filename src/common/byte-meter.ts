import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Passes bytes on unchanged; knows how many they were and their SHA-256, and tells of each piece. */
export class ByteMeter extends Transform {
  bytes = 0;
  readonly #hash = createHash('sha256');

  constructor(private readonly tell: (bytes: number) => void = () => undefined) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    this.tell(chunk.length);
    done(null, chunk);
  }

  /** Hexadecimal SHA-256 of all bytes; call once, after the stream has ended. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
