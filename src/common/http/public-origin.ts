import type { IncomingMessage } from 'node:http';

const plainHost = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What an address of this service begins with: HOLDFAST_PUBLIC_URL, or the host that the request was sent to. The header is
 * the caller's own word, and only the caller gets the answer, which nothing may cache; so nobody can make somebody else's link
 * lead elsewhere. Headers of proxies (X-Forwarded-Host) are not read: anybody can write them.
 */
export function publicOrigin(configured: string | undefined, request: IncomingMessage): string {
  if (configured !== undefined) return configured;
  const { host = '' } = request.headers;
  return `http://${plainHost.test(host) ? host : listeningAddress(request)}`;
}

function listeningAddress({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
