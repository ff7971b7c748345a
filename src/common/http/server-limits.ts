import type { IncomingMessage, Server } from 'node:http';

const headersTimeoutMs = 15_000;
const checkEveryMs = 30_000;
const leastProgressBytes = 1024;
const maxConnections = 5_000;

/**
 * What a client may cost before it has sent its request. There is no limit on how long an answer takes: a backup
 * answers when it is done.
 */
export function limitServer(server: Server): void {
  server.maxConnections = maxConnections;
  server.headersTimeout = headersTimeoutMs;
  // Node's own limit is on the length of the whole request, which would cut a large upload; see limitSlowBody.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 5_000;
  // Node's header limit begins with the first byte: a connection that never sends one would stay for ever.
  server.on('connection', (socket) => {
    const endSilent = () => {
      if (socket.bytesRead === 0) socket.destroy();
    };
    setTimeout(endSilent, headersTimeoutMs).unref();
  });
}

/**
 * Ends a request whose body does not arrive: JSON must be there within 30 s, anything larger must bring at least 1 KB
 * in each 30 s while we are ready to read it. Looks at the socket's counter, so that the body itself is not touched.
 */
export function limitSlowBody(request: IncomingMessage, _response: unknown, next: () => void): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (hasBody) watchBody(request);
  next();
}

function watchBody(request: IncomingMessage): void {
  const { socket } = request;
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(timer);
    const waitingForUs = request.readableLength >= request.readableHighWaterMark;
    const stuck = socket.bytesRead - seen < leastProgressBytes && !waitingForUs;
    seen = socket.bytesRead;
    if (isJson || stuck) socket.destroy();
  }, checkEveryMs);
  timer.unref();
  request.once('close', () => clearInterval(timer));
}
