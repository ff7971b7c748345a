import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';

const startLimitMs = 60_000;

/** A MariaDB of one test, in a temporary folder, which the test may stop, break and kill. */
export class PrivateMariadb {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** False where the server's programs are not installed. */
  static available(): boolean {
    return findProgram('mariadbd') !== null && findProgram('mariadb-install-db') !== null;
  }

  static async create(): Promise<PrivateMariadb> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-private-'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const server = new PrivateMariadb(folder, await freePort());
    const install = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    execFileSync('mariadb-install-db', [...server.#common(), ...install], { stdio: 'ignore' });
    await server.start();
    return server;
  }

  get url(): string {
    return `mariadb://root@127.0.0.1:${this.port}`;
  }

  /** Where the server keeps the files of a schema. */
  filesOf(schema: string): string {
    return join(this.folder, 'data', schema);
  }

  async start(): Promise<void> {
    this.#child = spawn(
      'mariadbd',
      [
        ...this.#common(),
        `--port=${this.port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(this.folder, 'server.sock')}`,
        `--pid-file=${join(this.folder, 'server.pid')}`,
        '--innodb-buffer-pool-size=64M',
        // What is lost by a crash is what this setting keeps.
        '--innodb-flush-log-at-trx-commit=1',
      ],
      { stdio: 'ignore' },
    );
    const deadline = performance.now() + startLimitMs;
    while (performance.now() < deadline && this.#child.exitCode === null) {
      const answers = await createConnection(this.url.replace('mariadb:', 'mysql:')).then(
        (connection) => connection.end().then(() => true),
        () => false,
      );
      if (answers) return;
      await sleep(50);
    }
    throw new Error('The private MariaDB did not start.');
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #common(): string[] {
    const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
    return ['--no-defaults', ...asRoot, `--datadir=${join(this.folder, 'data')}`];
  }
}

function findProgram(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
