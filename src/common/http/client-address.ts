import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The address that limits count by. One IPv6 customer has a whole /56 of addresses, so those count as one; the port
 * and headers such as X-Forwarded-For, which the client writes itself, do not count at all.
 */
export function clientAddress(request: IncomingMessage): string {
  const address = peerAddress(request);
  return isIPv6(address) ? networkOf(address) : address;
}

/** The whole address of the other end of the connection: the client's, or that of a proxy in front. */
export function peerAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
}

/** The first 56 bits of an IPv6 address, in hexadecimal. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'));
  return `${groups.slice(0, 4).join('').slice(0, 14)}/56`;
}
