import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** A line to a TCP server that can be cut, frozen and slowed down. */
export class FaultyLine {
  /** A pause after every piece, in either direction. */
  delayMs = 0;
  bytesPassed = 0;
  readonly #ends = new Set<Socket>();
  #frozen = false;
  #bytesLeft = Infinity;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** `target` is the URL of the server; the line's own `url` is the same with another host and port. */
  static async to(target: string): Promise<FaultyLine> {
    const url = new URL(target);
    const upstream = { host: url.hostname, port: Number(url.port) };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const line = new FaultyLine(server, url.href);
    server.on('connection', (client) => line.#join(client, createConnection(upstream)));
    return line;
  }

  #join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#ends.add(socket);
      if (this.#frozen) socket.pause();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#ends.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => this.#pass(bytes, client, server));
    server.on('data', (bytes) => this.#pass(bytes, server, client));
  }

  #pass(bytes: Buffer, from: Socket, to: Socket): void {
    this.#bytesLeft -= bytes.length;
    this.bytesPassed += bytes.length;
    if (this.#bytesLeft <= 0) return this.cut();
    const flows = to.write(bytes);
    if (flows && this.delayMs === 0) return;
    // A slow reader slows the writer down, as on a real line.
    from.pause();
    const goOn = () => void (this.#frozen || from.resume());
    if (flows) setTimeout(goOn, this.delayMs);
    else to.once('drain', goOn);
  }

  /** Breaks every connection; new ones are let through. */
  cut(): void {
    this.#bytesLeft = Infinity;
    for (const end of this.#ends) end.destroy();
  }

  /** Breaks every connection once so many bytes more have passed, in either direction. */
  cutAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Nothing goes through, and nobody is told. */
  freeze(): void {
    this.#frozen = true;
    for (const end of this.#ends) end.pause();
  }

  thaw(): void {
    this.#frozen = false;
    for (const end of this.#ends) end.resume();
  }

  close(): void {
    for (const end of this.#ends) end.destroy();
    this.server.close();
  }
}
