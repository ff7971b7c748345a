import { Readable } from 'node:stream';
import { type Part, partsOf } from './parts.js';

/** Numbers from 0 on, in pieces of the given lengths. */
function streamOf(...lengths: number[]): Readable {
  let next = 0;
  const piece = (length: number) => Buffer.from(Array.from({ length }, () => next++));
  return Readable.from(lengths.map(piece), { objectMode: false });
}

/** As whoever sends one after the other sees them. */
async function all(parts: AsyncIterable<Part>) {
  const seen: Pick<Part, 'number' | 'isLast'>[] = [];
  const bytes: number[][] = [];
  const memory = new Set<ArrayBufferLike>();
  for await (const part of parts) {
    seen.push({ number: part.number, isLast: part.isLast });
    bytes.push([...part.bytes]);
    memory.add(part.bytes.buffer);
  }
  return { seen, bytes, buffers: memory.size };
}

describe('parts of a stream', () => {
  it.each([
    ['nothing', [], [0]],
    ['less than one', [2], [2]],
    ['exactly one', [1, 3], [4]],
    ['exactly two', [8], [4, 4]],
    ['pieces that fit no boundary', [3, 6, 1], [4, 4, 2]],
  ])('are cut from %s', async (_what, pieces, lengths) => {
    const { bytes, seen } = await all(partsOf(streamOf(...pieces), 4, 2));
    expect(bytes.map(({ length }) => length)).toEqual(lengths);
    expect(bytes.flat()).toEqual([...bytes.flat().keys()]);
    expect(seen).toEqual(
      lengths.map((_length, index) => ({ number: index + 1, isLast: index === lengths.length - 1 })),
    );
  });

  it('need the memory of the buffers that were granted, however many there are', async () => {
    expect(await all(partsOf(streamOf(10, 30, 20), 4, 1))).toMatchObject({ buffers: 1 });
    expect(await all(partsOf(streamOf(10, 30, 20), 4, 3))).toMatchObject({ buffers: 3 });
    expect(await all(partsOf(streamOf(2), 4, 3))).toMatchObject({ buffers: 1 });
  });

  it('stand while as many others as there are buffers are asked for', async () => {
    const parts = partsOf(streamOf(12), 4, 2);
    const { value: first } = (await parts.next()) as { value: Part };
    const { value: second } = (await parts.next()) as { value: Part };
    expect([...first.bytes, ...second.bytes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('fail with the stream, and never take what came before for all', async () => {
    const stream = new Readable({
      read() {
        this.push(Buffer.alloc(6));
        this.destroy(new Error('the disk is gone'));
      },
    });
    await expect(all(partsOf(stream, 4, 2))).rejects.toThrow('the disk is gone');
  });
});
