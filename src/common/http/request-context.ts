import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../random.js';
import { peerAddress } from './client-address.js';

const header = 'X-Request-Id';
const sane = /^[A-Za-z0-9._-]{1,128}$/;

export interface RequestContext {
  requestId: string;
  /** Where the request came from. */
  address: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/**
 * Gives the request its id, taken over from `X-Request-Id` when that is harmless in a log line, and keeps it for
 * everything that the request starts, however deep.
 */
export function requestContext(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && sane.test(given) ? given : newId();
  response.setHeader(header, requestId);
  storage.run({ requestId, address: peerAddress(request) }, next);
}

/** Does what a request has asked for in another process, or at another time. */
export function asPartOf<T>(request: RequestContext | null, work: () => T): T {
  return request ? storage.run(request, work) : work();
}

/** The id of the request that the running code serves; undefined outside of a request. */
export function currentRequestId(): string | undefined {
  return storage.getStore()?.requestId;
}

/** The request that the running code serves, or that started it; undefined outside of a request. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}
