import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresAddress } from '../../config/postgres-url.js';

/**
 * What tells a tool where to connect (a libpq connection string), without the password (invariant 6: never on a command
 * line): that stands in a file of mode 0600 in the caller's working folder, which the caller removes.
 */
export async function toolConnection(
  folder: string,
  address: PostgresAddress,
  database = address.database,
): Promise<string> {
  const path = join(folder, 'pgpass');
  const password = address.password.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
  await writeFile(path, `*:*:*:*:${password}\n`, { mode: 0o600 });
  const settings: Record<string, string> = {
    host: address.host,
    port: String(address.port),
    user: address.user,
    dbname: database,
    passfile: path,
    sslmode: address.tls ? 'require' : 'disable',
    client_encoding: 'UTF8',
    connect_timeout: '10',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ');
}
