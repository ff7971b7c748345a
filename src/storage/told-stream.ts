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
  const told = Readable.from(pieces(), { objectMode: false });
  // A generator that nobody has asked for anything ends without its `finally`.
  return told.once('close', () => body.destroy());
}
