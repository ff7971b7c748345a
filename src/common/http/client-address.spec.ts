import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address.js';

const from = (remoteAddress: string | undefined) =>
  clientAddress({ socket: { remoteAddress } } as unknown as IncomingMessage);

describe('the address that limits count by', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2345::7', '20010db8000123/56'],
    ['2001:db8:1:23ff:1:2:3:4', '20010db8000123/56'],
    ['2001:db8:1:2445::7', '20010db8000124/56'],
    ['::1', '00000000000000/56'],
    ['fe80::1%eth0', 'fe800000000000/56'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, expected) => {
    expect(from(address)).toBe(expected);
  });
});
