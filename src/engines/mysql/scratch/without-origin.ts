import { Transform, type TransformCallback } from 'node:stream';

const longestHead = 8192;

/** The tools write into the first lines of a dump from which host and which schema it is; neither is for strangers. */
export class WithoutOrigin extends Transform {
  #head: Buffer | null = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#head === null) return done(null, chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < longestHead) return done();
    done(null, this.#take());
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#head === null ? undefined : this.#take());
  }

  #take(): Buffer {
    const text = (this.#head ?? Buffer.alloc(0)).toString('latin1');
    this.#head = null;
    return Buffer.from(text.replace(/^-- Host: .*$/m, '-- Made for the public by Holdfast'), 'latin1');
  }
}
