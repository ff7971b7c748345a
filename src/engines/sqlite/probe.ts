import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Clock } from '../../common/clock.js';
import type { EngineStatus } from '../engine.types.js';
import {
  asDomainError,
  type Connection,
  firstRead,
  openDatabase,
  openExisting,
  whenFree,
} from './connection.js';
import type { SqliteFile } from './sqlite-file.js';

const probeWaitMs = 2_000;

export async function probeDatabase(file: SqliteFile, clock: Clock): Promise<EngineStatus> {
  const version = sqliteVersion();
  const dumpTool = { name: 'built-in', version };
  // A file has no accounts.
  const none = { warnings: [], missingPrivileges: [] };
  const problem = (await folderProblem(file)) ?? (await fileProblem(file, clock));
  return problem === null
    ? { reachable: true, serverVersion: `SQLite ${version}`, dumpTool, problems: [], ...none }
    : { reachable: false, serverVersion: null, dumpTool, problems: [problem], ...none };
}

/** Proves that the file is a database and can be read. Throws DomainError. */
export async function mustBeReadable(file: SqliteFile, clock: Clock, waitMs: number): Promise<void> {
  let connection: Connection | undefined;
  try {
    connection = openExisting(file.path, file.name);
    await whenFree(firstRead(connection), clock, waitMs);
  } catch (error) {
    throw asDomainError(error, file.name);
  } finally {
    connection?.close();
  }
}

export function sqliteVersion(): string {
  const connection = openDatabase(':memory:');
  try {
    return connection.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? 'unknown';
  } finally {
    connection.close();
  }
}

async function folderProblem({ folder, name }: SqliteFile): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory())
    return `The folder of "${name}" does not exist. Create it, or correct the address.`;
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return writable
    ? null
    : `The folder of "${name}" is not writable; the lock and the undo of a restore go there.`;
}

async function fileProblem(file: SqliteFile, clock: Clock): Promise<string | null> {
  return mustBeReadable(file, clock, probeWaitMs).then(
    () => null,
    (error: unknown) => asDomainError(error, file.name).detail,
  );
}
