import type { ServerInfo } from './server.js';
import type { SchemaObjects } from './schema-objects.js';
import { knowsOption, type Tool } from './tools.js';

export type PartName = 'tables' | 'routines' | 'views' | 'events';

export interface DumpTarget {
  database: string;
  objects: SchemaObjects;
  brokenViews: readonly string[];
  server: ServerInfo;
  tool: Tool;
}

/** The tool's options for one part, chosen by what the server and the tool are; none of them is a secret. */
export async function dumpArguments(part: PartName, target: DumpTarget): Promise<string[]> {
  const shared = ['--default-character-set=utf8mb4', '--no-tablespaces', ...(await toolArguments(target))];
  const { database, objects, brokenViews } = target;
  // Views stand in a part of their own; the tool looks at each that it is not told to ignore, and stops at a broken one.
  const noViews = [...objects.views, ...brokenViews].map((view) => `--ignore-table=${database}.${view}`);
  switch (part) {
    case 'tables':
      return [...shared, ...tableArguments(), ...(await historyArguments(target)), ...noViews, database];
    case 'routines':
      return [
        ...shared,
        ...definitionsOnly,
        '--no-create-info',
        '--triggers',
        '--routines',
        '--skip-events',
        ...noViews,
        database,
      ];
    case 'views':
      return [
        ...shared,
        ...definitionsOnly,
        '--skip-triggers',
        '--skip-routines',
        '--',
        database,
        ...objects.views,
      ];
    case 'events':
      return [
        ...shared,
        ...definitionsOnly,
        '--no-create-info',
        '--skip-triggers',
        '--events',
        ...noViews,
        database,
      ];
  }
}

/** Without locks: these would wait for every open transaction that has written, and everybody else behind them. */
const definitionsOnly = ['--no-data', '--skip-lock-tables'];

/**
 * One snapshot, streamed. Full column lists, so that invisible and generated columns are right in every version;
 * binary values in hexadecimal, so that every byte survives whatever the connection's character set.
 *
 * Not the binlog position: MySQL's tool takes a global read lock for it and waits for that as long as it takes, with every
 * writer of the server behind it, and MariaDB's reads the whole binlog and dies of an event larger than a packet.
 */
function tableArguments(): string[] {
  return [
    '--single-transaction',
    '--quick',
    '--hex-blob',
    '--complete-insert',
    '--skip-triggers',
    '--skip-routines',
    '--skip-events',
    '--max-allowed-packet=1G',
  ];
}

async function toolArguments({ tool }: DumpTarget): Promise<string[]> {
  if (tool.mariadb) return [];
  const args = ['--set-gtid-purged=OFF'];
  // Both belong to the server rather than to the schema, and need rights that a backup account does not have.
  for (const option of ['column-statistics', 'masking-policies']) {
    if (await knowsOption(tool, option)) args.push(`--skip-${option}`);
  }
  return args;
}

/** Without its history a system-versioned table would lose rows silently. */
async function historyArguments({ objects, tool }: DumpTarget): Promise<string[]> {
  const versioned = objects.tables.some((table) => table.kind === 'versioned');
  return versioned && tool.mariadb && (await knowsOption(tool, 'dump-history')) ? ['--dump-history'] : [];
}
