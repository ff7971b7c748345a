import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DomainError } from '../../common/errors.js';
import { findPrograms, selfDescription } from '../../common/programs.js';

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
  for (const onPath of await findPrograms(name)) {
    for (const path of await behindWrapper(onPath, name)) {
      const version = await versionOf(path);
      if (version && (!newest || version.major > newest.major)) newest = { path, name, ...version };
    }
  }
  return newest;
}

const debianFolder = '/usr/lib/postgresql';

/**
 * The programs themselves where Debian has put its Perl script `pg_wrapper` before them: it picks one by the clusters of this
 * machine, and its start takes longer than a small dump.
 */
async function behindWrapper(path: string, name: ToolName): Promise<string[]> {
  if (basename(await realpath(path)) !== 'pg_wrapper') return [path];
  const majors = await readdir(debianFolder).catch((): string[] => []);
  const programs = majors.map((major) => join(debianFolder, major, 'bin', name));
  const known = await Promise.all(programs.map(async (one) => ((await versionOf(one)) ? [one] : [])));
  return known.some((some) => some.length > 0) ? known.flat() : [path];
}

type Version = Pick<Tool, 'version' | 'major'>;

/** By the file as it is: each work asks, and a program does not change its version while its file stays. */
const versions = new Map<string, Promise<Version | null>>();

async function versionOf(path: string): Promise<Version | null> {
  const file = await stat(path).catch(() => null);
  if (!file) return null;
  const identity = `${path} ${file.ino} ${file.size} ${file.mtimeMs}`;
  const known = versions.get(identity) ?? askVersion(path);
  versions.set(identity, known);
  return known;
}

async function askVersion(path: string): Promise<Version | null> {
  const said = (await selfDescription(path, ['--version'])) ?? '';
  const found = /\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)*\b/.exec(said);
  return found && { version: found[0], major: Number(found[1]) };
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
