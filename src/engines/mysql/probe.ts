import { isDomainError } from '../../common/errors.js';
import type { EngineStatus } from '../engine.types.js';
import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import { listMissing, listUnseen } from './privileges.js';
import { listGenerated } from './schema-objects.js';
import { readServerInfo, tooOld } from './server.js';
import { findDumpTool, misfit } from './tools.js';

/** Tells before anybody tries: is the server there, is it new enough, is there a dump tool. Never throws. */
export async function probe(address: MysqlAddress): Promise<EngineStatus> {
  const problems: string[] = [];
  const server = await withConnection(address, async (connection) => {
    const info = await readServerInfo(connection);
    return {
      ...info,
      generated: await listGenerated(connection, address.database),
      unseen: await listUnseen(connection, address.database, info),
      missing: await listMissing(connection, address.database, info),
    };
  }).catch((error: unknown) => {
    problems.push(isDomainError(error) ? error.detail : 'The database server answered with an error.');
    return null;
  });
  const old = server && tooOld(server);
  if (old) problems.push(old);
  const tool = await findDumpTool(server?.mariadb ?? true);
  if (!tool)
    problems.push('No dump tool: install mysqldump (MySQL) or mariadb-dump (MariaDB) on this machine.');
  const unfit = server && tool && misfit(tool, server.mariadb, server.generated);
  if (unfit) problems.push(unfit);
  return {
    reachable: server !== null,
    serverVersion: server?.version ?? null,
    dumpTool: tool && { name: tool.name, version: tool.version },
    problems,
    warnings: server?.unseen ?? [],
    missingPrivileges: server?.missing ?? [],
  };
}
