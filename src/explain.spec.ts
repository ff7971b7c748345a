import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { explain } from './explain.js';

describe('Why a start failed', () => {
  it('names the port that is taken, and PORT', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    const [error] = (await once(createServer().listen(port, '127.0.0.1'), 'error')) as [Error];
    first.close();
    expect(explain(error)).toBe(
      `Port ${port} of 127.0.0.1 is in use by another program: set PORT to a free one.`,
    );
  });
});
