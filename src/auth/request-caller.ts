import type { IncomingMessage } from 'node:http';
import type { Caller } from './auth.types.js';

/** Kept beside the request and not on it, so that nothing a client sends can be taken for it. */
const callers = new WeakMap<IncomingMessage, Caller>();

export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller);
}

export function callerOf(request: IncomingMessage): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error('This route asks for its caller but is public.');
  return caller;
}
