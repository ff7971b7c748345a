import type { Encrypter } from 'age-encryption';
import { Decrypter } from 'age-encryption';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { DomainError, errorCodeOf } from '../common/errors.js';

/** What is read of a file before its header must have ended; a hundred recipients take 12 KB. */
const headerLimit = 16 * 1024 * 1024;

/**
 * The source, encrypted, in the format age-encryption.org/v1. Its errors reach the reader; the end of the reader ends it.
 * Memory is bounded: a piece is read when the reader wants one.
 */
export function encrypted(source: Readable, encrypter: Encrypter): Readable {
  const pieces = async function* () {
    // No `yield*`: the stream throws into this generator what ended it, and a web stream has no `throw`.
    for await (const piece of await encrypter.encrypt(webStreamOf(source))) yield piece;
  };
  return boundTo(source, pieces());
}

/**
 * The source, decrypted. Each piece that comes is authentic, but only the end of the stream says that nothing is missing:
 * whoever keeps what came before an error keeps a part. Resolves when the header has been read; then and later throws
 * `notOpened` when none of the identities opens it, DomainError `artefact-damaged`, and errors of the source as they are.
 */
export async function decrypted(
  source: Readable,
  identities: readonly string[],
  notOpened: DomainError,
): Promise<Readable> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  // Asked after all others, and only if none of them opened it.
  decrypter.addIdentity({
    unwrapFileKey() {
      throw notOpened;
    },
  });
  let isHeader = true;
  let bytes = 0;
  const input = webStreamOf(source, (chunk) => {
    bytes += chunk.length;
    if (isHeader && bytes > headerLimit) throw new Error('The header does not end');
  });
  try {
    const plain = await decrypter.decrypt(input);
    isHeader = false;
    return boundTo(source, told(plain, source));
  } catch (error) {
    source.destroy();
    throw inOurWords(error, source);
  }
}

/** Backpressure included: a chunk is taken from the source when the library asks for one. */
function webStreamOf(
  source: Readable,
  look: (chunk: Buffer) => void = () => undefined,
): ReadableStream<Uint8Array> {
  // The iterator tells of an error, but listens only once it is asked; until then the error must not be nobody's.
  source.on('error', () => undefined);
  const chunks = source.iterator() as AsyncIterableIterator<Buffer>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        look(value);
        controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A stream of what is made of the source: whatever happens to one of them ends the other. */
function boundTo(source: Readable, pieces: AsyncIterable<Uint8Array>): Readable {
  const stream = Readable.from(pieces, { objectMode: false });
  source.on('error', (error) => stream.destroy(error));
  stream.once('close', () => source.destroy());
  return stream;
}

async function* told(plain: AsyncIterable<Uint8Array>, source: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of plain) yield piece;
  } catch (error) {
    throw inOurWords(error, source);
  }
}

/** The library's errors have no code, and all of them mean that the bytes are not what was encrypted. */
function inOurWords(error: unknown, source: Readable): unknown {
  if (source.errored) return source.errored;
  if (errorCodeOf(error) !== undefined) return error;
  return new DomainError(
    'artefact-damaged',
    'The encrypted copy is cut, changed, or no file of age. Nothing of it can be trusted; use another copy.',
    { cause: error },
  );
}
