import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { createLocalization, removeAreas, rowsOfProject } from '../factories/localization.js';
import { ProjectBackups } from '../factories/project-backups.js';
import { everything, mysqlTarget, type Target } from '../factories/target.js';
import { type RunningApp, startApp } from '../support/app.js';
import { describeOnServers } from '../support/servers.js';

/** Four bytes of head, the command, and (for MySQL) two of attributes that are not there. */
const commitPacket = /^[^]{4}\u0003(?:\0\u0001)?COMMIT$/;

/** A line to a server that can be told to break when a COMMIT goes through: before it gets there, or after. */
class BreakingLine {
  breaks: 'never' | 'before' | 'after' = 'never';
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<BreakingLine> {
    const url = new URL(target);
    const upstream = { host: url.hostname, port: Number(url.port) };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const line = new BreakingLine(server, url.href);
    server.on('connection', (client) => line.#join(client, createConnection(upstream)));
    return line;
  }

  #join(client: Socket, server: Socket): void {
    let isCommitted = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, server].map((end) => end.destroy()));
    }
    client.on('data', (bytes) => {
      const isCommit = commitPacket.test(bytes.toString('latin1'));
      if (isCommit && this.breaks === 'before') return void client.destroy();
      isCommitted ||= isCommit && this.breaks === 'after';
      server.write(bytes);
    });
    server.on('data', (bytes) => (isCommitted ? client.destroy() : client.write(bytes)));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
  }
}

describeOnServers('The undo of a project restore whose commit got no answer', (server) => {
  let target: Target;
  let line: BreakingLine;
  let service: RunningApp;
  let backups: ProjectBackups;

  beforeEach(async () => {
    target = await mysqlTarget(server);
    await createLocalization(target);
    line = await BreakingLine.to(target.url);
    service = await startApp({ HOLDFAST_DATABASE_URL: line.url });
    backups = await ProjectBackups.of(service);
  });
  afterEach(async () => {
    await service.stop();
    line.close();
    await target.drop();
  });

  it.each(['before', 'after'] as const)(
    'is kept and named, the line broken %s the server had it',
    async (breaks) => {
      const backedUp = await rowsOfProject(target, 1);
      const { filename } = await backups.create(1);
      await target.run(removeAreas('id = 11'));
      const damaged = await everything(target);
      line.breaks = breaks;
      const { status, body } = await backups.restore(1, filename);
      line.breaks = 'never';
      expect([status, body.code]).toEqual([503, 'database-unreachable']);
      if (breaks === 'after') expect(await rowsOfProject(target, 1)).toEqual(backedUp);
      else expect(await everything(target)).toEqual(damaged);

      const [undo = '', ...older] = await backups.names(1);
      expect(older).toEqual([filename]);
      expect(body.detail).toContain(`kept in ${undo}`);
      expect((await backups.restore(1, undo)).status).toBe(200);
      expect(await everything(target)).toEqual(damaged);
    },
  );
});
