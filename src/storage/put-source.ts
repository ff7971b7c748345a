import { createHash } from 'node:crypto';
import { addAbortSignal, pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { DomainError, errorCodeOf, isDomainError } from '../common/errors.js';
import { cancelled } from './place-error.js';
import type { ObjectContent } from './object-store.types.js';
import { type Part, partsOf } from './parts.js';

/**
 * What a put sends: counted, hashed, and ended with an error when it is longer or shorter than was said, so that no driver
 * finishes an object that is not whole. Knows whether the source was what failed.
 */
export class PutSource {
  readonly body: Readable;
  #failure: { error: unknown } | undefined;

  private constructor(
    source: Readable,
    private readonly meter: LengthMeter,
    private readonly signal: AbortSignal | undefined,
  ) {
    // Before `pipeline` listens: it ends one when the other has, and only what came first is a failure.
    source.once('error', (error) => {
      if (!meter.destroyed) this.#failure ??= { error: unreadable(error) };
    });
    this.body = pipeline(source, meter, () => undefined) as Readable;
    meter.once('error', (error) => {
      if (error instanceof WrongLength) this.#failure ??= { error };
    });
    if (signal) addAbortSignal(signal, this.body);
  }

  /** `tell` hears of the bytes of each piece. */
  static async open(
    content: ObjectContent,
    signal: AbortSignal | undefined,
    tell: (bytes: number) => void = () => undefined,
  ): Promise<PutSource> {
    if (signal?.aborted) throw cancelled(signal.reason);
    const source = await content.open().catch((error: unknown) => {
      throw unreadable(error);
    });
    return new PutSource(source, new LengthMeter(content.bytes, tell), signal);
  }

  /** `body`, as `partsOf`; no buffer is larger than the content. */
  parts(bytes: number, buffers: number): AsyncGenerator<Part> {
    return partsOf(this.body, Math.max(1, Math.min(bytes, this.meter.expected ?? bytes)), buffers);
  }

  /** Once `body` has ended. The SHA-256 is hexadecimal. */
  sent(): { bytes: number; sha256: string } {
    return { bytes: this.meter.bytes, sha256: this.meter.digest() };
  }

  /** Why a put failed with `error`: it was cancelled, the source failed, or the place did. */
  reasonOf(error: unknown): unknown {
    if (this.signal?.aborted) return cancelled(error);
    return this.#failure ? this.#failure.error : error;
  }

  close(): void {
    this.body.destroy();
  }
}

/** Nothing that the place could be blamed for, or that another try would mend. */
function unreadable(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  const code = errorCodeOf(error) ?? 'unknown reason';
  return new DomainError('storage-unavailable', `What was to be copied could not be read (${code}).`, {
    cause: error,
  });
}

class WrongLength extends DomainError {}

class LengthMeter extends Transform {
  bytes = 0;
  readonly #hash = createHash('sha256');

  constructor(
    readonly expected: number | null,
    private readonly tell: (bytes: number) => void,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    if (this.expected !== null && this.bytes > this.expected) return done(this.#wrong('more than'));
    this.tell(chunk.length);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const isShort = this.expected !== null && this.bytes < this.expected;
    done(isShort ? this.#wrong(`${this.bytes} instead of`) : null);
  }

  #wrong(how: string): WrongLength {
    return new WrongLength(
      'artefact-damaged',
      `What was to be copied has ${how} ${this.expected} bytes; no copy was made.`,
    );
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}
