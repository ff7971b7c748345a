import type { Connection } from 'mysql2/promise';
import { select } from './connection.js';

export interface ServerInfo {
  version: string;
  mariadb: boolean;
  lowerCaseTableNames: number;
}

export async function readServerInfo(connection: Connection): Promise<ServerInfo> {
  const [row] = await select<{ version: string; lower_case: number }>(
    connection,
    'SELECT VERSION() AS version, @@lower_case_table_names AS lower_case',
  );
  if (!row) throw new Error('The server did not tell its version');
  return {
    version: row.version,
    mariadb: /mariadb/i.test(row.version),
    lowerCaseTableNames: Number(row.lower_case),
  };
}

/** Oldest supported: MySQL 8.0, MariaDB 10.6. Returns a sentence, or null when the server is new enough. */
export function tooOld(info: Pick<ServerInfo, 'version' | 'mariadb'>): string | null {
  const [major = 0, minor = 0] = info.version.split('.').map((part) => Number.parseInt(part, 10));
  const oldest = info.mariadb ? [10, 6] : [8, 0];
  const old = major < (oldest[0] ?? 0) || (major === oldest[0] && minor < (oldest[1] ?? 0));
  if (!old) return null;
  return `The server is version ${info.version}; MySQL 8.0 or MariaDB 10.6 is the oldest supported.`;
}
