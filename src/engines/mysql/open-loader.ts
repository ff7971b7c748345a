import type { WorkOptions } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import type { Loader } from './load.js';
import { writeOptionFile } from './option-file.js';
import { readServerInfo } from './server.js';
import { needClient } from './tools.js';

/** Finds the client program and tells it by an option file how to connect. Throws DomainError `dump-tool-missing`. */
export async function openLoader(address: MysqlAddress, options: WorkOptions): Promise<Loader> {
  const server = await withConnection(address, readServerInfo);
  const client = await needClient(server.mariadb);
  const optionFile = await writeOptionFile(options.workFolder, address, client.mariadb);
  return { client, optionFile, signal: options.signal, lockWaitSeconds: 10 };
}
