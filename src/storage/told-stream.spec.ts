import { once } from 'node:events';
import { Readable } from 'node:stream';
import { toldStream } from './told-stream.js';

describe('a stream whose errors are told', () => {
  it.each([
    ['before anything was read', false],
    ['in the middle', true],
  ])('closes what it reads from when its reader goes away %s', async (_when, isRead) => {
    const body = new Readable({ read: () => void body.push('x') });
    const told = toldStream(body, (error) => error);
    if (isRead) await once(told, 'readable');
    // Not `once` of events, which takes the error of an aborted stream for its own.
    const closed = new Promise((resolve) => body.once('close', resolve));
    told.destroy();
    await closed;
  });
});
