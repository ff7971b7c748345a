import { Transform, type TransformCallback } from 'node:stream';

const strict = Buffer.from("SQL_MODE='NO_AUTO_VALUE_ON_ZERO'");
const lenient = Buffer.from("SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'");
/** The head of a dump is some two kilobytes long. */
const headBytes = 16 * 1024;

/**
 * Lets a dump be loaded as it was read. Both tools write a mode into the head of a dump that lets zero dates in, but
 * turns dates such as 2024-02-31, which a database may hold, into zeros without a word.
 */
export class InvalidDates extends Transform {
  #head: Buffer | null = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#head === null) return done(null, chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < headBytes && !this.#head.includes(strict)) return done();
    this.#release();
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#release();
    done();
  }

  #release(): void {
    const head = this.#head;
    this.#head = null;
    if (head === null || head.length === 0) return;
    const at = head.indexOf(strict);
    if (at === -1) this.push(head);
    else this.push(Buffer.concat([head.subarray(0, at), lenient, head.subarray(at + strict.length)]));
  }
}
