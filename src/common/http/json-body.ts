import type { IncomingMessage, ServerResponse } from 'node:http';
import { badInput } from './validation.js';

/** Routes that take a file. */
const takesFile = /^\/api\/(?:v1|databases\/[^/]+)\/projects\/[^/]+\/backup\/upload\/?$/;

/** A body of another type would be ignored, and its fields be called missing: say instead what is wrong with it. */
export function jsonBodyOnly(
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  if (takesFile.test(request.url?.split('?')[0] ?? '')) return next();
  const {
    'content-length': length,
    'transfer-encoding': encoding,
    'content-type': type = '',
  } = request.headers;
  const hasBody = encoding !== undefined || Number(length ?? 0) > 0;
  if (!hasBody || /^application\/(?:[\w.-]+\+)?json\b/i.test(type)) return next();
  const message = 'the body must be JSON, sent with the header "Content-Type: application/json"';
  next(badInput([{ field: 'Content-Type', message }]));
}
