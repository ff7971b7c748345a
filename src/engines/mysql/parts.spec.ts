import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestoreSource } from '../engine.types.js';
import { distributeParts } from './parts.js';

describe('The parts of an artefact', () => {
  const sourceOf = (chunks: AsyncIterable<string>): RestoreSource => ({
    contents: {
      tables: [],
      views: [],
      routines: [],
      triggers: [],
      events: [],
      warnings: [],
      consistencyPoint: null,
    },
    parts: [{ name: 'views', offset: 0, length: 8 }],
    open: () => Promise.resolve(Readable.from(chunks, { objectMode: false })),
  });

  it('are not read on when where one goes has failed, though nobody was writing to it then', async () => {
    const sink = new Writable({
      write: (_chunk, _encoding, done) => void setImmediate(() => done(new Error('no room'))),
    });
    async function* slow() {
      yield 'half';
      await sleep(20);
      yield 'half';
    }
    await expect(distributeParts(sourceOf(slow()), () => sink, undefined)).rejects.toThrow('no room');
    expect(sink.destroyed).toBe(true);
  });

  it('leave no open file behind when the artefact is too short', async () => {
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    async function* short() {
      yield 'half';
    }
    await expect(distributeParts(sourceOf(short()), () => sink, undefined)).rejects.toMatchObject({
      code: 'artefact-damaged',
    });
    expect(sink.destroyed).toBe(true);
  });
});
