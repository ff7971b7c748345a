import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { currentRequestId } from './request-context.js';

/** One line per request, when its response has ended. Headers and bodies are never logged. */
export function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: () => currentRequestId() ?? '',
    customLogLevel: (_request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'warn' : 'info';
    },
    customSuccessMessage: (request, response) => `${request.method} ${response.statusCode}`,
    customErrorMessage: (request, response) => `${request.method} ${response.statusCode}`,
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage) => ({
        method: request.method,
        url: withoutSecrets(originalUrl(request)),
        address: request.socket.remoteAddress,
      }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
    },
    customAttributeKeys: { responseTime: 'duration_ms' },
  });
}

/** Express shortens `url` inside of routers and keeps what came in here. */
function originalUrl(request: IncomingMessage & { originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? '';
}

/** Download links carry their token in the query; it must not end up in a log. */
export function withoutSecrets(url: string): string {
  const [path = '', query] = url.split('?', 2);
  if (query === undefined) return path;
  const safe = query
    .split('&')
    .map((pair) => (/token|secret|password|key/i.test(decoded(pair)) ? hideValue(pair) : pair));
  return `${path}?${safe.join('&')}`;
}

/** `%74oken` is read as `token`, too; what cannot be decoded is taken for a secret. */
function decoded(pair: string): string {
  try {
    return decodeURIComponent(pair);
  } catch {
    return 'secret';
  }
}

function hideValue(pair: string): string {
  return `${pair.split('=', 1)[0]}=[redacted]`;
}
