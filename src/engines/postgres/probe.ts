import { isDomainError } from '../../common/errors.js';
import type { PostgresAddress } from '../../config/postgres-url.js';
import type { EngineStatus } from '../engine.types.js';
import { withConnection } from './connection.js';
import { mayRestoreProjects, missingPrivileges, projectsRefused } from './privileges.js';
import { readServerInfo, tooOld } from './server.js';
import { findTool, misfit } from './tools.js';

/** Tells before anybody tries: is the server there, is it new enough, is there a dump tool. Never throws. */
export async function probe(address: PostgresAddress): Promise<EngineStatus> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const missing: string[] = [];
  const server = await withConnection(address, async (connection) => {
    const info = await readServerInfo(connection);
    const old = tooOld(info);
    if (old) problems.push(old);
    else if (!(await mayRestoreProjects(connection, info.major))) warnings.push(projectsRefused);
    missing.push(...(await missingPrivileges(connection, info.major)));
    return info;
  }).catch((error: unknown) => {
    problems.push(isDomainError(error) ? error.detail : 'The database server answered with an error.');
    return null;
  });
  const tool = await findTool('pg_dump');
  if (!tool) problems.push('No dump tool: install pg_dump (the PostgreSQL client programs) on this machine.');
  const unfit = server && tool && misfit(tool, server.major);
  if (unfit) problems.push(unfit);
  return {
    reachable: server !== null,
    serverVersion: server?.version ?? null,
    dumpTool: tool && { name: tool.name, version: tool.version },
    problems,
    warnings,
    missingPrivileges: missing,
  };
}
