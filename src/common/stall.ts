import { Transform, type TransformCallback } from 'node:stream';
import { DomainError } from './errors.js';

/**
 * Passes bytes on; fails when none come for `limitMs` (invariant 9: limits are on lack of progress, not on length). It
 * watches only while somebody is to deliver: between `begin` and `rest`.
 */
export class StallGuard extends Transform {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly what: string,
    private readonly limitMs: number,
  ) {
    super();
  }

  begin(): void {
    this.rest();
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.limitMs / 1000);
      this.destroy(new DomainError('dump-failed', `${this.what} made no progress for ${seconds} seconds.`));
    }, this.limitMs);
  }

  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#timer?.refresh();
    done(null, chunk);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.rest();
    done(error);
  }
}
