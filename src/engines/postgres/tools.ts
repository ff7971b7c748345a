import { DomainError } from '../../common/errors.js';
import { findPrograms, outputOf } from '../../common/programs.js';

export interface Tool {
  path: string;
  name: string;
  version: string;
  major: number;
}

type ToolName = 'pg_dump' | 'psql';

/** The newest such program on the PATH; null when there is none. */
export async function findTool(name: ToolName): Promise<Tool | null> {
  let newest: Tool | null = null;
  for (const path of await findPrograms(name)) {
    const version = /\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)*\b/.exec(
      (await outputOf(path, ['--version'])) ?? '',
    );
    if (!version) continue;
    const tool = { path, name, version: version[0], major: Number(version[1]) };
    if (!newest || tool.major > newest.major) newest = tool;
  }
  return newest;
}

/** Throws DomainError `dump-tool-missing`. */
export async function needTool(name: ToolName): Promise<Tool> {
  const tool = await findTool(name);
  if (tool) return tool;
  throw new DomainError(
    'dump-tool-missing',
    `The program ${name} is not on the PATH of the service. Install the PostgreSQL client programs.`,
  );
}

/** Why this tool cannot dump a server of that version, as a sentence; null when it can: pg_dump refuses newer ones. */
export function misfit(tool: Tool, serverMajor: number): string | null {
  if (tool.major >= serverMajor) return null;
  return `${tool.name} ${tool.version} cannot dump PostgreSQL ${serverMajor}. Install the client programs of that version.`;
}
