import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  createDatabaseFolder,
  findMysqlServer,
  findServer,
  launchDatabaseServer,
  type ServerProgram,
} from '../../../scripts/lib/database-server.mjs';
import { freePort } from '../../../scripts/lib/ports.mjs';
import type { TestServer } from '../../support/servers.js';

/** A database server of the test's own, which may be killed and started again on the same port. */
export class OwnServer {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly program: ServerProgram,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(program: ServerProgram): Promise<OwnServer> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-own-db-'));
    await createDatabaseFolder(program, folder);
    const server = new OwnServer(program, folder, await freePort());
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `${this.program.mariadb ? 'mariadb' : 'mysql'}://root@127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    this.#child = await launchDatabaseServer(this.program, this.folder, this.port);
  }

  /** Where the server keeps the files of a schema. */
  filesOf(schema: string): string {
    return join(this.folder, 'data', schema);
  }

  /** SIGSTOP and SIGCONT freeze and thaw it; SIGKILL is the power cut of a process, SIGTERM an orderly end. */
  async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = signal === 'SIGKILL' || signal === 'SIGTERM' ? once(child, 'exit') : null;
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.signal('SIGCONT');
    await this.signal('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface OfferedProgram {
  name: TestServer['name'];
  program: ServerProgram | null;
  /** Why there is none. */
  hindrance: string;
  tools: string | undefined;
}

/** The server programs of this machine: of MariaDB, and of MySQL when its tools were offered with its server. */
export function serverPrograms(): OfferedProgram[] {
  const found = findServer();
  const tools = process.env['HOLDFAST_TEST_MYSQL_TOOLS'];
  const mysql = findMysqlServer(tools);
  return [
    {
      name: 'MariaDB',
      program: found?.mariadb ? found : null,
      hindrance: 'no mariadbd on the PATH',
      tools: undefined,
    },
    {
      name: 'MySQL',
      program: mysql,
      hindrance: 'no mysqld of MySQL on the PATH or with HOLDFAST_TEST_MYSQL_TOOLS',
      tools: tools ?? (mysql ? dirname(mysql.path) : undefined),
    },
  ];
}
