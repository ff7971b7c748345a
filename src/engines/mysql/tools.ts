import { DomainError } from '../../common/errors.js';
import { findPrograms, selfDescription } from '../../common/programs.js';

export interface Tool {
  path: string;
  name: string;
  version: string;
  /** MariaDB's and Oracle's tools know different options. */
  mariadb: boolean;
}

const dumpNames = ['mysqldump', 'mariadb-dump'];
const clientNames = ['mysql', 'mariadb'];

/** The dump tool for a server: its own kind if there is one, otherwise the other's; null when there is none. */
export function findDumpTool(mariadbServer: boolean): Promise<Tool | null> {
  return findTool(dumpNames, mariadbServer);
}

/** The client that loads dumps. Throws DomainError `dump-tool-missing`. */
export async function needClient(mariadbServer: boolean): Promise<Tool> {
  return needed(await findTool(clientNames, mariadbServer), 'mysql or mariadb');
}

/** As findDumpTool. Throws DomainError `dump-tool-missing`. */
export async function needDumpTool(mariadbServer: boolean): Promise<Tool> {
  return needed(await findDumpTool(mariadbServer), 'mysqldump or mariadb-dump');
}

function needed(tool: Tool | null, names: string): Tool {
  if (tool) return tool;
  throw new DomainError(
    'dump-tool-missing',
    `The program ${names} is not on the PATH of the service. Install the MySQL or MariaDB client programs.`,
  );
}

/**
 * Why a dump by this tool of this server could not be restored, as a sentence; null when it could. MariaDB's tool writes
 * the values of generated columns, which MariaDB ignores and MySQL refuses.
 */
export function misfit(
  tool: Tool,
  mariadbServer: boolean,
  generatedColumns: readonly string[],
): string | null {
  if (!tool.mariadb || mariadbServer || generatedColumns.length === 0) return null;
  return (
    `MySQL could not load what MariaDB's ${tool.name} writes for generated columns (${generatedColumns.join(', ')}). ` +
    "Install MySQL's own mysqldump and put it on the PATH."
  );
}

/** Only our first choice is asked for its version when it fits; a PATH may hold both kinds. */
async function findTool(names: readonly string[], mariadbServer: boolean): Promise<Tool | null> {
  let other: Tool | null = null;
  for (const name of names) {
    for (const path of await findPrograms(name)) {
      const tool = await identify(path, name);
      if (tool?.mariadb === mariadbServer) return tool;
      other ??= tool;
    }
  }
  return other;
}

async function identify(path: string, name: string): Promise<Tool | null> {
  const banner = await selfDescription(path, ['--version']);
  if (banner === null) return null;
  const version = /(?:Distrib|from|Ver)\s+(\d+\.\d+\.\d+)(?!.*Distrib)/.exec(banner)?.[1] ?? banner.trim();
  return { path, name, version, mariadb: /mariadb/i.test(banner) };
}

/** True when the tool's own help names the option: tools differ by version and by who packaged them. */
export async function knowsOption(tool: Tool, option: string): Promise<boolean> {
  const help = await selfDescription(tool.path, ['--no-defaults', '--help']);
  return help?.includes(`--${option}`) ?? false;
}
