import type { ChildProcess } from 'node:child_process';

export interface ServerProgram {
  path: string;
  mariadb: boolean;
  version: string;
}

export function findServer(): ServerProgram | null;
export function findMysqlServer(tools: string | undefined): ServerProgram | null;
export function createDatabaseFolder(server: ServerProgram, folder: string): Promise<void>;
export function launchDatabaseServer(
  server: ServerProgram,
  folder: string,
  port: number,
  options?: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<ChildProcess>;
