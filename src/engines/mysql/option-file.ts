import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MysqlAddress } from './address.js';

/**
 * Writes the option file by which a tool learns where to connect and with which password (invariant 6: never on a
 * command line). Mode 0600, in the caller's working folder, which the caller removes. Returns its path.
 */
export async function writeOptionFile(
  folder: string,
  address: MysqlAddress,
  mariadb: boolean,
): Promise<string> {
  const path = join(folder, 'client.cnf');
  const tls = mariadb ? 'ssl' : 'ssl-mode=REQUIRED';
  const noTls = mariadb ? 'skip-ssl' : 'ssl-mode=PREFERRED';
  const lines = [
    '[client]',
    'protocol=TCP',
    `host=${quoted(address.host)}`,
    `port=${address.port}`,
    `user=${quoted(address.user)}`,
    `password=${quoted(address.password)}`,
    address.tls ? tls : noTls,
    '',
  ];
  await writeFile(path, lines.join('\n'), { mode: 0o600 });
  return path;
}

/** Option files know the escapes of C strings; quoting keeps `#` and spaces. */
export function quoted(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
