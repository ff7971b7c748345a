import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';

/** A TCP line to `port` that breaks all its connections when so many bytes have passed, for each of `marks`. */
export async function cutLine(port, marks) {
  const ends = new Set();
  let passed = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = createConnection({ host: '127.0.0.1', port });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      ends.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
      one.on('data', ({ length }) => {
        passed += length;
        if (marks.length === 0 || passed < marks[0]) return;
        marks.shift();
        cuts += 1;
        for (const end of ends) end.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, cuts: () => cuts, passed: () => passed, close: () => server.close() };
}
