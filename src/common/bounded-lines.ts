const newline = 0x0a;

/**
 * The lines of a stream without their newlines; what follows the last newline is a line if it is not empty. Throws what
 * `tooLong` makes for a line of more than `longest` bytes.
 */
export async function* boundedLines(
  stream: AsyncIterable<Buffer>,
  longest: number,
  tooLong: () => Error,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
      if (end - from > longest) throw tooLong();
      yield bytes.subarray(from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > longest) throw tooLong();
  }
  if (rest.length > 0) yield rest;
}
