import type { Connection } from 'mysql2/promise';
import { select } from './connection.js';

export interface ServerInfo {
  version: string;
  mariadb: boolean;
  /** The binlog position of a dump can be had: there is one, and the account may see it. */
  binlog: boolean;
  lowerCaseTableNames: number;
}

export async function readServerInfo(connection: Connection): Promise<ServerInfo> {
  const [row] = await select<{ version: string; log_bin: number; lower_case: number }>(
    connection,
    'SELECT VERSION() AS version, @@log_bin AS log_bin, @@lower_case_table_names AS lower_case',
  );
  if (!row) throw new Error('The server did not tell its version');
  return {
    version: row.version,
    mariadb: /mariadb/i.test(row.version),
    binlog: Number(row.log_bin) === 1 && (await maySeeBinlog(connection)),
    lowerCaseTableNames: Number(row.lower_case),
  };
}

/** A position that belongs to the snapshot costs FLUSH TABLES (RELOAD) and the right to read the position. */
async function maySeeBinlog(connection: Connection): Promise<boolean> {
  const rows = await select<{ privilege: string }>(
    connection,
    'SELECT privilege_type AS privilege FROM information_schema.user_privileges',
  );
  const held = new Set(rows.map((row) => row.privilege.toUpperCase()));
  return held.has('RELOAD') && (held.has('REPLICATION CLIENT') || held.has('BINLOG MONITOR'));
}

/** Oldest supported: MySQL 8.0, MariaDB 10.6. Returns a sentence, or null when the server is new enough. */
export function tooOld(info: Pick<ServerInfo, 'version' | 'mariadb'>): string | null {
  const [major = 0, minor = 0] = info.version.split('.').map((part) => Number.parseInt(part, 10));
  const oldest = info.mariadb ? [10, 6] : [8, 0];
  const old = major < (oldest[0] ?? 0) || (major === oldest[0] && minor < (oldest[1] ?? 0));
  if (!old) return null;
  return `The server is version ${info.version}; MySQL 8.0 or MariaDB 10.6 is the oldest supported.`;
}
