import { createHash } from 'node:crypto';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { DomainError } from '../common/errors.js';

export interface ExpectedBytes {
  /** Bytes; null when nobody has said. */
  size: number | null;
  /** Hexadecimal. */
  sha256: string;
}

/** Passes bytes on, and fails before it ends unless they were those that were expected: with DomainError `artefact-damaged`. */
export class ProvenBytes extends Transform {
  bytes = 0;
  readonly #hash = createHash('sha256');

  private constructor(private readonly expected: ExpectedBytes) {
    super({ highWaterMark: 1024 * 1024 });
  }

  /** Ends and fails with its source, and the source with it. */
  static of(source: Readable, expected: ExpectedBytes): ProvenBytes {
    const proven = new ProvenBytes(expected);
    source.once('error', (error) => proven.destroy(error));
    proven.once('close', () => source.destroy());
    return source.pipe(proven);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const { size, sha256 } = this.expected;
    const isSame = (size === null || this.bytes === size) && this.#hash.digest('hex') === sha256;
    done(
      isSame
        ? null
        : new DomainError('artefact-damaged', 'What was read is not what was backed up. Use another copy.'),
    );
  }
}
