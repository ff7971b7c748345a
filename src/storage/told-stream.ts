import { Readable } from 'node:stream';

/** The same bytes; an error on the way has the meaning that `meaningOf` gives it. */
export function toldStream(body: Readable, meaningOf: (error: unknown) => unknown): Readable {
  async function* pieces() {
    try {
      for await (const piece of body) yield piece as Buffer;
    } catch (error) {
      throw meaningOf(error);
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}
