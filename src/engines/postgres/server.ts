import { type Connection, select } from './connection.js';

export interface ServerInfo {
  /** `15.18 (Debian ...)` as the server says it. */
  version: string;
  major: number;
}

export async function readServerInfo(connection: Connection): Promise<ServerInfo> {
  const [row] = await select<[string, string]>(
    connection,
    `SELECT current_setting('server_version'), current_setting('server_version_num')`,
  );
  return { version: row?.[0] ?? '', major: Math.floor(Number(row?.[1]) / 10_000) };
}

const oldest = 13;

/** Why this server is not served, as a sentence; null when it is. */
export function tooOld({ version, major }: ServerInfo): string | null {
  return major >= oldest ? null : `PostgreSQL ${version} is too old; ${oldest} and newer are supported.`;
}
