import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Where clouds tell a machine its credentials, and what no router passes on. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('100.100.100.200', 'ipv4');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

export interface AddressRules {
  /** `strict`: https, or http to this machine; never link-local. `any`: whatever an admin enters. */
  policy: 'strict' | 'any';
  secure: boolean;
}

/** Why a call may not go to this IP address; null when it may. A name is checked by what it stands for when it is called. */
export function refusalOf(address: string, { policy, secure }: AddressRules): string | null {
  if (policy === 'any') return null;
  if (isIn(linkLocal, address)) {
    return 'It leads to a link-local address, where clouds keep credentials. HOLDFAST_WEBHOOKS=any allows it.';
  }
  if (!secure && !isIn(loopback, address)) {
    return 'It must begin with https://; http:// is for this machine only. HOLDFAST_WEBHOOKS=any allows it.';
  }
  return null;
}

function isIn(list: BlockList, address: string): boolean {
  // `::ffff:169.254.169.254` is checked as the IPv4 address that it stands for: BlockList does so by itself.
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
