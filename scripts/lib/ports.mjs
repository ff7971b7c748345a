import { createServer } from 'node:net';

/** A TCP port on 127.0.0.1 that nobody listens on: `wanted` if it is free, else any. */
export async function freePort(wanted = 0) {
  return (await probe(wanted)) ?? (await probe(0));
}

function probe(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address();
      server.close(() => resolve(got));
    });
  });
}
